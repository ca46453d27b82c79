package org.recallrank.kernels.opencl;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.recallrank.kernels.Checks;
import org.recallrank.kernels.DenseStackKernel;
import org.recallrank.kernels.MatMulKernel.Activation;
import org.recallrank.kernels.Workers;
import org.recallrank.kernels.opencl.DeviceGemm.Matrix;

/**
 * A chain of dense layers that goes up once and comes back once per direction. Weights that {@link
 * org.recallrank.kernels.Device#keep} has named are on the device already.
 */
final class OpenClDenseStack implements DenseStackKernel {
  private static final String FILE = "dense.cl";

  private final ClContext context;
  private final DeviceGemm gemm;
  private final Deque<ClScratch> free = new ArrayDeque<>();
  private final List<ClScratch> weights = new ArrayList<>();
  private final ClScratch chunkSums;

  OpenClDenseStack(ClContext context, DeviceGemm gemm) {
    this.context = context;
    this.gemm = gemm;
    chunkSums = new ClScratch(context);
  }

  private ClScratch take() {
    return free.isEmpty() ? new ClScratch(context) : free.removeLast();
  }

  /** Layer l's weights ({@code 2 * l}) or bias ({@code 2 * l + 1}) on the device. */
  private ClScratch.Slice parameter(int which, float[] x, int at, int n) {
    while (weights.size() <= which) {
      weights.add(new ClScratch(context));
    }
    return weights.get(which).input(x, at, n);
  }

  private Matrix weight(int l, Layer layer) {
    return Matrix.at(
        parameter(2 * l, layer.weight(), layer.weightOffset(), layer.out() * layer.in()),
        layer.in());
  }

  private static void check(
      List<Layer> layers, float[] x, int xOffset, int rows, float[] y, int yOffset) {
    String op = "denseStack";
    Checks.positive(op, "number of layers", layers.size());
    Checks.size(op, "rows", rows);
    int width = layers.get(0).in();
    for (Layer layer : layers) {
      if (layer.in() != width) {
        throw new IllegalArgumentException(
            op + ": a layer takes " + layer.in() + " columns, but is given " + width);
      }
      width = layer.out();
      Checks.range(
          op,
          "weight",
          layer.weight().length,
          layer.weightOffset(),
          (long) layer.in() * layer.out());
      Checks.range(op, "bias", layer.bias().length, layer.biasOffset(), layer.out());
    }
    Checks.range(op, "x", x.length, xOffset, (long) rows * layers.get(0).in());
    Checks.range(op, "y", y.length, yOffset, (long) rows * width);
  }

  @Override
  public Pass forward(
      List<Layer> layers, float[] x, int xOffset, int rows, float[] y, int yOffset, boolean keep) {
    check(layers, x, xOffset, rows, y, yOffset);
    synchronized (context) {
      List<ClScratch> values = new ArrayList<>();
      values.add(take());
      ClBuffer from = values.get(0).words((long) rows * layers.get(0).in());
      context.write(from, x, xOffset, (long) rows * layers.get(0).in());
      for (int l = 0; l < layers.size(); l++) {
        Layer layer = layers.get(l);
        values.add(take());
        ClBuffer to = values.get(l + 1).words((long) rows * layer.out());
        gemm.multiply(
            rows,
            layer.out(),
            layer.in(),
            1,
            Matrix.dense(from, layer.in()),
            weight(l, layer).transposed(),
            0,
            Matrix.dense(to, layer.out()),
            parameter(2 * l + 1, layer.bias(), layer.biasOffset(), layer.out()),
            layer.activation());
        from = to;
      }
      context.read(from, 0, y, yOffset, (long) rows * layers.get(layers.size() - 1).out());
      if (keep) {
        return new Kept(List.copyOf(layers), rows, values);
      }
      free.addAll(values);
      return null;
    }
  }

  /** x and the output of each layer, on the device. */
  private final class Kept implements Pass {
    private final List<Layer> layers;
    private final int rows;
    private final List<ClScratch> values;

    Kept(List<Layer> layers, int rows, List<ClScratch> values) {
      this.layers = layers;
      this.rows = rows;
      this.values = values;
    }

    private ClBuffer value(int l) {
      return values.get(l).words(0);
    }

    @Override
    public void backward(
        float[] dy,
        int dyOffset,
        List<Gradient> gradients,
        float[] dx,
        int dxOffset,
        boolean addToDx) {
      synchronized (context) {
        if (values.isEmpty()) {
          throw new IllegalStateException("denseStack: backward after close");
        }
        int last = layers.size() - 1;
        List<ClScratch> own = new ArrayList<>();
        List<ClBuffer> dWeights = new ArrayList<>();
        List<ClBuffer> dBiases = new ArrayList<>();
        ClBuffer d = fresh(own, (long) rows * layers.get(last).out());
        context.write(d, dy, dyOffset, (long) rows * layers.get(last).out());
        for (int l = last; l >= 0; l--) {
          Layer layer = layers.get(l);
          if (layer.activation() == Activation.RELU) {
            context
                .kernel(FILE, "", "relu_gradient")
                .launch(new long[] {(long) rows * layer.out()}, null, value(l + 1), d);
          }
          Gradient to = gradients.get(l);
          int size = layer.out() * layer.in();
          ClBuffer dWeight = fresh(own, size);
          if (to.addToWeight()) {
            context.write(dWeight, to.weight(), to.weightOffset(), size);
          }
          gemm.multiply(
              layer.out(),
              layer.in(),
              rows,
              1,
              Matrix.dense(d, layer.out()).transposed(),
              Matrix.dense(value(l), layer.in()),
              to.addToWeight() ? 1 : 0,
              Matrix.dense(dWeight, layer.in()),
              null,
              Activation.NONE);
          dWeights.addFirst(dWeight);
          ClBuffer dBias = fresh(own, layer.out());
          columnSums(d, layer.out(), dBias);
          dBiases.addFirst(dBias);
          if (l > 0 || dx != null) {
            ClBuffer below = fresh(own, (long) rows * layer.in());
            boolean add = l == 0 && addToDx;
            if (add) {
              context.write(below, dx, dxOffset, (long) rows * layer.in());
            }
            gemm.multiply(
                rows,
                layer.in(),
                layer.out(),
                1,
                Matrix.dense(d, layer.out()),
                weight(l, layer),
                add ? 1 : 0,
                Matrix.dense(below, layer.in()),
                null,
                Activation.NONE);
            d = below;
          }
        }
        for (int l = 0; l <= last; l++) {
          Layer layer = layers.get(l);
          Gradient to = gradients.get(l);
          context.read(
              dWeights.get(l), 0, to.weight(), to.weightOffset(), (long) layer.out() * layer.in());
          readBias(dBiases.get(l), layer.out(), to);
        }
        if (dx != null) {
          context.read(d, 0, dx, dxOffset, (long) rows * layers.get(0).in());
        }
        free.addAll(own);
      }
    }

    private ClBuffer fresh(List<ClScratch> own, long n) {
      own.add(take());
      return own.getLast().words(n);
    }

    /** In two rounds, of about sqrt(rows) rows each: sums of few numbers are exact enough. */
    private void columnSums(ClBuffer x, int cols, ClBuffer out) {
      int height = Math.max(1, (int) Math.ceil(Math.sqrt(rows)));
      int chunks = Workers.chunks(rows, height);
      ClBuffer sums = chunkSums.words((long) chunks * cols);
      ClKernel kernel = context.kernel(FILE, "", "column_sums");
      kernel.launch(new long[] {cols, chunks}, null, x, rows, cols, height, sums);
      kernel.launch(new long[] {cols, 1}, null, sums, chunks, cols, Math.max(1, chunks), out);
    }

    private void readBias(ClBuffer from, int n, Gradient to) {
      if (!to.addToBias()) {
        context.read(from, 0, to.bias(), to.biasOffset(), n);
        return;
      }
      float[] more = new float[n];
      context.read(from, 0, more, 0, n);
      for (int j = 0; j < n; j++) {
        to.bias()[to.biasOffset() + j] += more[j];
      }
    }

    @Override
    public void close() {
      synchronized (context) {
        free.addAll(values);
        values.clear();
      }
    }
  }
}

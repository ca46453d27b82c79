package org.recallrank.kernels.opencl;

import java.util.ArrayList;
import java.util.List;
import org.recallrank.kernels.DenseStackKernel;
import org.recallrank.kernels.MatMulKernel.Activation;
import org.recallrank.kernels.base.Checks;

/**
 * A chain of dense layers that goes up once and comes back once per direction. Parameters that
 * {@link org.recallrank.kernels.Device#keep} has named are on the device already.
 */
final class OpenClDenseStack implements DenseStackKernel {
  private static final int PARAMETERS = 4; // of a layer: weight, bias, gamma, beta

  private final ClContext context;
  private final DeviceGemm gemm;
  private final DeviceNorm norms;
  private final ClPool pool;
  private final List<ClScratch> parameters = new ArrayList<>();

  OpenClDenseStack(ClContext context, DeviceGemm gemm) {
    this.context = context;
    this.gemm = gemm;
    norms = new DeviceNorm(context);
    pool = new ClPool(context);
  }

  private ClScratch.Slice parameter(int layer, int which, float[] x, int at, int n) {
    while (parameters.size() <= PARAMETERS * layer + which) {
      parameters.add(new ClScratch(context));
    }
    return parameters.get(PARAMETERS * layer + which).input(x, at, n);
  }

  private DeviceMatrix weight(int l, Layer layer) {
    return DeviceMatrix.dense(
        parameter(l, 0, layer.weight(), layer.weightOffset(), layer.out() * layer.in()),
        layer.out(),
        layer.in());
  }

  private ClScratch.Slice bias(int l, Layer layer) {
    return parameter(l, 1, layer.bias(), layer.biasOffset(), layer.out());
  }

  private ClScratch.Slice gamma(int l, Layer layer) {
    return parameter(l, 2, layer.norm().gamma(), 0, layer.out());
  }

  private ClScratch.Slice beta(int l, Layer layer) {
    return parameter(l, 3, layer.norm().beta(), 0, layer.out());
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
      if (layer.norm() != null) {
        Checks.range(op, "gamma", layer.norm().gamma().length, 0, width);
        Checks.range(op, "beta", layer.norm().beta().length, 0, width);
        Checks.range(op, "mean", layer.norm().mean().length, 0, width);
        Checks.range(op, "variance", layer.norm().variance().length, 0, width);
      }
      Checks.dropProbability(op, layer.dropout());
      if (layer.dropout() > 0 && layer.activation() != Activation.RELU) {
        throw new IllegalArgumentException(
            op + ": dropout (p = " + layer.dropout() + ") is offered together with ReLU only");
      }
    }
    Checks.range(op, "x", x.length, xOffset, (long) rows * layers.get(0).in());
    Checks.range(op, "y", y.length, yOffset, (long) rows * width);
  }

  /**
   * What a layer has computed, on the device.
   *
   * @param product with its bias; null without normalisation
   * @param moments of the product; likewise
   */
  private record Values(ClBuffer product, ClBuffer moments, ClBuffer out) {}

  @Override
  public Pass forward(
      List<Layer> layers, float[] x, int xOffset, int rows, float[] y, int yOffset, boolean keep) {
    check(layers, x, xOffset, rows, y, yOffset);
    synchronized (context) {
      ClPool.Loan loan = pool.lend();
      boolean kept = false;
      try {
        ClBuffer first = loan.words((long) rows * layers.get(0).in());
        context.write(first, x, xOffset, (long) rows * layers.get(0).in());
        List<Values> values = new ArrayList<>();
        for (int l = 0; l < layers.size(); l++) {
          ClBuffer from = l == 0 ? first : values.get(l - 1).out();
          values.add(forward(l, layers.get(l), from, rows, loan));
        }
        for (int l = 0; l < layers.size(); l++) {
          readMoments(layers.get(l), values.get(l));
        }
        context.read(values.getLast().out(), 0, y, yOffset, (long) rows * layers.getLast().out());
        kept = keep;
        return keep ? new Kept(List.copyOf(layers), rows, loan, first, values) : null;
      } finally {
        if (!kept) {
          loan.close();
        }
      }
    }
  }

  private Values forward(int l, Layer layer, ClBuffer from, int rows, ClPool.Loan loan) {
    Norm norm = layer.norm();
    boolean relu = layer.activation() == Activation.RELU;
    Drop drop = Drop.of(layer.dropout(), layer.seed());
    long size = (long) rows * layer.out();
    ClBuffer product = loan.words(size);
    gemm.multiply(
        DeviceMatrix.dense(from, rows, layer.in()),
        weight(l, layer).t(),
        DeviceMatrix.dense(product, rows, layer.out()),
        bias(l, layer),
        norm == null ? layer.activation() : Activation.NONE,
        1,
        0);
    if (norm == null) {
      if (drop.threshold() > 0) {
        norms.drop(product, size, drop);
      }
      return new Values(null, null, product);
    }
    ClBuffer moments = loan.words(3L * layer.out());
    if (norm.ofBatch()) {
      norms.moments(product, rows, layer.out(), norm.epsilon(), moments);
    } else {
      norms.moments(norm.mean(), norm.variance(), layer.out(), norm.epsilon(), moments);
    }
    ClBuffer out = loan.words(size);
    norms.forward(
        product, rows, layer.out(), moments, gamma(l, layer), beta(l, layer), relu, drop, out);
    return new Values(product, moments, out);
  }

  private void readMoments(Layer layer, Values values) {
    Norm norm = layer.norm();
    if (norm != null && norm.ofBatch()) {
      context.read(values.moments(), 0, norm.mean(), 0, layer.out());
      context.read(values.moments(), layer.out(), norm.variance(), 0, layer.out());
    }
  }

  /** x and what each layer has computed. */
  private final class Kept implements Pass {
    private final List<Layer> layers;
    private final int rows;
    private final ClPool.Loan loan;
    private final ClBuffer first;
    private final List<Values> values;
    private boolean closed;

    Kept(List<Layer> layers, int rows, ClPool.Loan loan, ClBuffer first, List<Values> values) {
      this.layers = layers;
      this.rows = rows;
      this.loan = loan;
      this.first = first;
      this.values = values;
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
        if (closed) {
          throw new IllegalStateException("denseStack: backward after close");
        }
        try (ClPool.Loan own = pool.lend()) {
          int last = layers.size() - 1;
          List<Results> results = new ArrayList<>();
          ClBuffer d = own.words((long) rows * layers.get(last).out());
          context.write(d, dy, dyOffset, (long) rows * layers.get(last).out());
          for (int l = last; l >= 0; l--) {
            results.addFirst(parameterGradients(l, gradients.get(l), d, own));
            if (l > 0) {
              d = inputGradient(l, d, own.words((long) rows * layers.get(l).in()), false);
            }
          }
          if (dx != null) {
            long size = (long) rows * layers.get(0).in();
            ClBuffer to = own.words(size);
            if (addToDx) {
              context.write(to, dx, dxOffset, size);
            }
            context.read(inputGradient(0, d, to, addToDx), 0, dx, dxOffset, size);
          }
          for (int l = 0; l <= last; l++) {
            results.get(l).read(layers.get(l), gradients.get(l));
          }
        }
      }
    }

    /**
     * Turns d, the gradient of layer l's output, into that of its product, and gives the gradients
     * of the layer's parameters.
     */
    private Results parameterGradients(int l, Gradient to, ClBuffer d, ClPool.Loan own) {
      Layer layer = layers.get(l);
      Values value = values.get(l);
      if (layer.activation() == Activation.RELU) {
        float scale = Drop.of(layer.dropout(), layer.seed()).scale();
        norms.reluGradient(value.out(), scale, d, (long) rows * layer.out());
      }
      ClBuffer dNorm = null;
      if (layer.norm() != null) {
        dNorm = own.words(2L * layer.out());
        norms.backward(
            value.product(),
            rows,
            layer.out(),
            value.moments(),
            gamma(l, layer),
            layer.norm().ofBatch(),
            d,
            dNorm);
      }
      int size = layer.out() * layer.in();
      ClBuffer dWeight = own.words(size);
      if (to.addToWeight()) {
        context.write(dWeight, to.weight(), to.weightOffset(), size);
      }
      gemm.multiply(
          DeviceMatrix.dense(d, rows, layer.out()).t(),
          DeviceMatrix.dense(l == 0 ? first : values.get(l - 1).out(), rows, layer.in()),
          DeviceMatrix.dense(dWeight, layer.out(), layer.in()),
          null,
          Activation.NONE,
          1,
          to.addToWeight() ? 1 : 0);
      ClBuffer dBias = own.words(layer.out());
      norms.columnSums(d, rows, layer.out(), dBias);
      return new Results(dWeight, dBias, dNorm);
    }

    private ClBuffer inputGradient(int l, ClBuffer d, ClBuffer to, boolean add) {
      Layer layer = layers.get(l);
      gemm.multiply(
          DeviceMatrix.dense(d, rows, layer.out()),
          weight(l, layer),
          DeviceMatrix.dense(to, rows, layer.in()),
          null,
          Activation.NONE,
          1,
          add ? 1 : 0);
      return to;
    }

    @Override
    public void close() {
      synchronized (context) {
        closed = true;
        loan.close();
      }
    }
  }

  /**
   * Gradients of a layer's parameters, on the device.
   *
   * @param norm those of beta, then those of gamma; or null
   */
  private final class Results {
    private final ClBuffer weight;
    private final ClBuffer bias;
    private final ClBuffer norm;

    Results(ClBuffer weight, ClBuffer bias, ClBuffer norm) {
      this.weight = weight;
      this.bias = bias;
      this.norm = norm;
    }

    void read(Layer layer, Gradient to) {
      int out = layer.out();
      context.read(weight, 0, to.weight(), to.weightOffset(), (long) out * layer.in());
      if (to.addToBias()) {
        add(bias, 0, out, to.bias(), to.biasOffset());
      } else {
        context.read(bias, 0, to.bias(), to.biasOffset(), out);
      }
      if (norm != null) {
        add(norm, 0, out, to.beta(), 0);
        add(norm, out, out, to.gamma(), 0);
      }
    }

    private void add(ClBuffer from, int at, int n, float[] to, int toAt) {
      float[] more = new float[n];
      context.read(from, at, more, 0, n);
      for (int j = 0; j < n; j++) {
        to[toAt + j] += more[j];
      }
    }
  }
}

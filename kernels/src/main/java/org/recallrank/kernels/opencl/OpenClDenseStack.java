package org.recallrank.kernels.opencl;

import java.util.ArrayList;
import java.util.List;
import org.recallrank.kernels.DenseStackKernel;
import org.recallrank.kernels.MatMulKernel.Activation;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.Vec;
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

  private ClScratch.Slice parameter(int layer, int which, Vec x) {
    while (parameters.size() <= PARAMETERS * layer + which) {
      parameters.add(new ClScratch(context));
    }
    return parameters.get(PARAMETERS * layer + which).input(x.data(), x.offset(), x.size());
  }

  private DeviceMatrix weight(int l, Layer layer) {
    ClScratch.Slice start = parameter(l, 0, layer.weight().flat());
    return DeviceMatrix.dense(start, layer.out(), layer.in());
  }

  private ClScratch.Slice bias(int l, Layer layer) {
    return parameter(l, 1, layer.bias());
  }

  private ClScratch.Slice gamma(int l, Layer layer) {
    return parameter(l, 2, layer.norm().affine().gamma());
  }

  private ClScratch.Slice beta(int l, Layer layer) {
    return parameter(l, 3, layer.norm().affine().beta());
  }

  private static void check(List<Layer> layers, Matrix x, Matrix y) {
    String op = "denseStack";
    Checks.positive(op, "number of layers", layers.size());
    Checks.storedByRows(op, "x", x);
    int width = x.cols();
    for (Layer layer : layers) {
      if (layer.in() != width) {
        throw new IllegalArgumentException(
            op + ": a layer takes " + layer.in() + " columns, but is given " + width);
      }
      width = layer.out();
      Checks.dense(op, "weight", layer.weight());
      Checks.elements(op, "bias", layer.bias(), width);
      if (layer.norm() != null) {
        Checks.elements(op, "gamma", layer.norm().affine().gamma(), width);
        Checks.elements(op, "beta", layer.norm().affine().beta(), width);
        Checks.elements(op, "mean", layer.norm().mean(), width);
        Checks.elements(op, "variance", layer.norm().variance(), width);
      }
      Checks.dropProbability(op, layer.dropout());
      if (layer.dropout() > 0 && layer.activation() != Activation.RELU) {
        throw new IllegalArgumentException(
            op + ": dropout (p = " + layer.dropout() + ") is offered together with ReLU only");
      }
    }
    Checks.shape(op, "y", y, x.rows(), width);
  }

  private static DeviceMatrix room(ClPool.Loan loan, int rows, int cols) {
    return DeviceMatrix.dense(loan.words((long) rows * cols), rows, cols);
  }

  /**
   * What a layer has computed, on the device.
   *
   * @param product with its bias; null without normalisation
   * @param moments of the product; likewise
   */
  private record Values(DeviceMatrix product, ClBuffer moments, DeviceMatrix out) {}

  @Override
  public Pass forward(List<Layer> layers, Matrix x, Matrix y, boolean keep) {
    check(layers, x, y);
    synchronized (context) {
      ClPool.Loan loan = pool.lend();
      boolean kept = false;
      try {
        DeviceMatrix first = room(loan, x.rows(), x.cols());
        context.writeRows(first.buffer(), x);
        List<Values> values = new ArrayList<>();
        for (int l = 0; l < layers.size(); l++) {
          DeviceMatrix from = l == 0 ? first : values.get(l - 1).out();
          values.add(forward(l, layers.get(l), from, loan));
        }
        for (int l = 0; l < layers.size(); l++) {
          readMoments(layers.get(l), values.get(l));
        }
        context.readRows(values.getLast().out().buffer(), y);
        kept = keep;
        return keep ? new Kept(List.copyOf(layers), loan, first, values) : null;
      } finally {
        if (!kept) {
          loan.close();
        }
      }
    }
  }

  private Values forward(int l, Layer layer, DeviceMatrix from, ClPool.Loan loan) {
    Norm norm = layer.norm();
    Drop drop = Drop.of(layer.dropout(), layer.seed());
    DeviceMatrix product = room(loan, from.rows(), layer.out());
    Activation fused = norm == null ? layer.activation() : Activation.NONE;
    gemm.multiply(from, weight(l, layer).t(), product, bias(l, layer), fused, 1, 0);
    if (norm == null) {
      if (drop.threshold() > 0) {
        norms.drop(product, drop);
      }
      return new Values(null, null, product);
    }
    ClBuffer moments = loan.words(3L * layer.out());
    if (norm.ofBatch()) {
      norms.moments(product, norm.epsilon(), moments);
    } else {
      norms.moments(norm.mean(), norm.variance(), norm.epsilon(), moments);
    }
    DeviceMatrix out = room(loan, from.rows(), layer.out());
    boolean relu = layer.activation() == Activation.RELU;
    norms.forward(product, moments, gamma(l, layer), beta(l, layer), relu, drop, out.buffer());
    return new Values(product, moments, out);
  }

  private void readMoments(Layer layer, Values values) {
    Norm norm = layer.norm();
    if (norm != null && norm.ofBatch()) {
      read(values.moments(), 0, norm.mean());
      read(values.moments(), layer.out(), norm.variance());
    }
  }

  private void read(ClBuffer from, int at, Vec to) {
    context.read(from, at, to.data(), to.offset(), to.size());
  }

  private void add(ClBuffer from, int at, Vec to) {
    float[] more = new float[to.size()];
    context.read(from, at, more, 0, more.length);
    for (int j = 0; j < more.length; j++) {
      to.set(j, to.get(j) + more[j]);
    }
  }

  /** x and what each layer has computed. */
  private final class Kept implements Pass {
    private final List<Layer> layers;
    private final ClPool.Loan loan;
    private final DeviceMatrix first;
    private final List<Values> values;
    private boolean closed;

    Kept(List<Layer> layers, ClPool.Loan loan, DeviceMatrix first, List<Values> values) {
      this.layers = layers;
      this.loan = loan;
      this.first = first;
      this.values = values;
    }

    @Override
    public void backward(Matrix dy, List<Gradient> gradients, Matrix dx, boolean addToDx) {
      synchronized (context) {
        if (closed) {
          throw new IllegalStateException("denseStack: backward after close");
        }
        checkGradients(dy, gradients, dx);
        try (ClPool.Loan own = pool.lend()) {
          int last = layers.size() - 1;
          List<Results> results = new ArrayList<>();
          DeviceMatrix d = room(own, dy.rows(), dy.cols());
          context.writeRows(d.buffer(), dy);
          for (int l = last; l >= 0; l--) {
            results.addFirst(parameterGradients(l, gradients.get(l), d, own));
            if (l > 0) {
              d = inputGradient(l, d, room(own, dy.rows(), layers.get(l).in()), false);
            }
          }
          if (dx != null) {
            DeviceMatrix to = room(own, dx.rows(), dx.cols());
            if (addToDx) {
              context.writeRows(to.buffer(), dx);
            }
            context.readRows(inputGradient(0, d, to, addToDx).buffer(), dx);
          }
          for (int l = 0; l <= last; l++) {
            read(results.get(l), gradients.get(l));
          }
        }
      }
    }

    private void checkGradients(Matrix dy, List<Gradient> gradients, Matrix dx) {
      String op = "denseStack";
      Checks.shape(op, "dy", dy, first.rows(), layers.getLast().out());
      if (dx != null) {
        Checks.shape(op, "dx", dx, first.rows(), layers.getFirst().in());
      }
      if (gradients.size() != layers.size()) {
        throw new IllegalArgumentException(
            op + ": " + layers.size() + " layers, but gradients of " + gradients.size());
      }
      for (int l = 0; l < layers.size(); l++) {
        Gradient to = gradients.get(l);
        Layer layer = layers.get(l);
        Checks.shape(op, "weight's gradient", to.weight(), layer.out(), layer.in());
        Checks.elements(op, "bias' gradient", to.bias(), layer.out());
        if (layer.norm() != null) {
          Checks.elements(op, "gamma's gradient", to.affine().gamma(), layer.out());
          Checks.elements(op, "beta's gradient", to.affine().beta(), layer.out());
        }
      }
    }

    /**
     * Turns d, the gradient of layer l's output, into that of its product, and gives the gradients
     * of the layer's parameters.
     */
    private Results parameterGradients(int l, Gradient to, DeviceMatrix d, ClPool.Loan own) {
      Layer layer = layers.get(l);
      Values value = values.get(l);
      if (layer.activation() == Activation.RELU) {
        float scale = Drop.of(layer.dropout(), layer.seed()).scale();
        norms.reluGradient(value.out(), scale, d.buffer());
      }
      ClBuffer dNorm = null;
      if (layer.norm() != null) {
        dNorm = own.words(2L * layer.out());
        boolean ofBatch = layer.norm().ofBatch();
        norms.backward(
            value.product(), value.moments(), gamma(l, layer), ofBatch, d.buffer(), dNorm);
      }
      DeviceMatrix dWeight = room(own, layer.out(), layer.in());
      if (to.addToWeight()) {
        context.writeRows(dWeight.buffer(), to.weight());
      }
      DeviceMatrix from = l == 0 ? first : values.get(l - 1).out();
      gemm.multiply(d.t(), from, dWeight, null, Activation.NONE, 1, to.addToWeight() ? 1 : 0);
      ClBuffer dBias = own.words(layer.out());
      norms.columnSums(d, dBias);
      return new Results(dWeight.buffer(), dBias, dNorm);
    }

    private DeviceMatrix inputGradient(int l, DeviceMatrix d, DeviceMatrix to, boolean add) {
      gemm.multiply(d, weight(l, layers.get(l)), to, null, Activation.NONE, 1, add ? 1 : 0);
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
  private record Results(ClBuffer weight, ClBuffer bias, ClBuffer norm) {}

  private void read(Results results, Gradient to) {
    context.readRows(results.weight(), to.weight());
    if (to.addToBias()) {
      add(results.bias(), 0, to.bias());
    } else {
      read(results.bias(), 0, to.bias());
    }
    if (results.norm() != null) {
      add(results.norm(), 0, to.affine().beta());
      add(results.norm(), to.affine().beta().size(), to.affine().gamma());
    }
  }
}

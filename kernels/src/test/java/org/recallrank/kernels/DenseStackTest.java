package org.recallrank.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.recallrank.kernels.DenseStackKernel.Gradient;
import org.recallrank.kernels.DenseStackKernel.Layer;
import org.recallrank.kernels.DenseStackKernel.Norm;
import org.recallrank.kernels.MatMulKernel.Activation;

/** Chains of layers against double precision, for the backends that have them as a whole. */
class DenseStackTest {
  static Stream<Kernels> backends() {
    return BackendsUnderTest.withVariants().filter(k -> k.denseStack() != null);
  }

  /** What stands behind the products of the hidden layers. */
  private enum Between {
    RELU(false, false, 0),
    DROPOUT(false, false, 0.3f),
    NORM(true, true, 0),
    NORM_AND_DROPOUT(true, true, 0.3f),
    GIVEN_NORM(true, false, 0.3f);

    private final boolean norm;
    private final boolean ofBatch;
    private final float dropout;

    Between(boolean norm, boolean ofBatch, float dropout) {
      this.norm = norm;
      this.ofBatch = ofBatch;
      this.dropout = dropout;
    }
  }

  /** A chain with its oracle; a hidden layer has a ReLU and more, the last one has none. */
  private static final class Chain {
    final int rows;
    final int[] widths;
    final List<Layer> layers = new ArrayList<>();
    final Matrix x;
    final Matrix dy;
    private static final int AT = 3;

    // Per layer: the product, its moments by column, and the output.
    final double[][] products;
    final double[][] means;
    final double[][] variances;
    final double[][] outputs;

    Chain(Between between, int rows, int... widths) {
      this.rows = rows;
      this.widths = widths;
      int count = widths.length - 1;
      Random random = new Random(rows);
      for (int l = 0; l < count; l++) {
        layers.add(layer(random, l, between));
      }
      x = matrix(random, AT, rows, widths[0], 1);
      dy = matrix(random, AT, rows, widths[count], 1);
      products = new double[count][];
      means = new double[count][];
      variances = new double[count][];
      outputs = new double[count][];
      for (int l = 0; l < count; l++) {
        forward(l);
      }
    }

    private Layer layer(Random random, int l, Between between) {
      int in = widths[l];
      int out = widths[l + 1];
      boolean hidden = l + 2 < widths.length;
      Norm norm = null;
      if (hidden && between.norm) {
        float[] variance = BackendsUnderTest.random(random, out, 1);
        for (int j = 0; j < out; j++) {
          variance[j] = 0.1f + Math.abs(variance[j]);
        }
        norm =
            new Norm(
                new Affine(vec(random, 0, out, 1), vec(random, 0, out, 1)),
                vec(random, 0, out, 1),
                Vec.of(variance),
                between.ofBatch,
                1e-3f);
      }
      return new Layer(
          matrix(random, 5, out, in, 0.5f),
          vec(random, 2, out, 2),
          norm,
          hidden ? Activation.RELU : Activation.NONE,
          hidden ? between.dropout : 0,
          random.nextLong());
    }

    private double input(int l, int e) {
      return l == 0 ? x.flat().get(e) : outputs[l - 1][e];
    }

    private void forward(int l) {
      Layer layer = layers.get(l);
      int in = layer.in();
      int out = layer.out();
      double[] z = new double[rows * out];
      for (int e = 0; e < z.length; e++) {
        z[e] = layer.bias().get(e % out);
        for (int j = 0; j < in; j++) {
          z[e] += input(l, e / out * in + j) * layer.weight().flat().get(e % out * in + j);
        }
      }
      products[l] = z;
      double[] mean = new double[out];
      double[] variance = new double[out];
      if (layer.norm() != null) {
        for (int e = 0; e < z.length; e++) {
          mean[e % out] += z[e] / rows;
        }
        for (int e = 0; e < z.length; e++) {
          variance[e % out] += Math.pow(z[e] - mean[e % out], 2) / rows;
        }
        for (int j = 0; j < out && !layer.norm().ofBatch(); j++) {
          mean[j] = layer.norm().mean().get(j);
          variance[j] = layer.norm().variance().get(j);
        }
      }
      means[l] = mean;
      variances[l] = variance;
      double[] y = new double[z.length];
      for (int e = 0; e < z.length; e++) {
        y[e] = z[e];
        if (layer.norm() != null) {
          Affine affine = layer.norm().affine();
          y[e] = affine.gamma().get(e % out) * normal(l, e) + affine.beta().get(e % out);
        }
        if (layer.activation() == Activation.RELU) {
          y[e] = Math.max(y[e], 0);
        }
        if (layer.dropout() > 0) {
          boolean keep = CounterHash.keep(layer.seed(), e, layer.dropout());
          y[e] = keep ? y[e] / (1 - layer.dropout()) : 0;
        }
      }
      outputs[l] = y;
    }

    private double deviation(int l, int j) {
      return Math.sqrt(variances[l][j] + layers.get(l).norm().epsilon());
    }

    private double normal(int l, int e) {
      int j = e % widths[l + 1];
      return (products[l][e] - means[l][j]) / deviation(l, j);
    }

    /** Per layer the gradients of weight, bias, gamma and beta; last that of x. */
    List<double[]> backward() {
      double[] d = new double[dy.size()];
      for (int e = 0; e < d.length; e++) {
        d[e] = dy.flat().get(e);
      }
      List<double[]> all = new ArrayList<>();
      for (int l = layers.size() - 1; l >= 0; l--) {
        Layer layer = layers.get(l);
        int in = layer.in();
        int out = layer.out();
        if (layer.activation() == Activation.RELU) {
          for (int e = 0; e < d.length; e++) {
            d[e] = outputs[l][e] > 0 ? d[e] / (1 - layer.dropout()) : 0;
          }
        }
        double[] dGamma = new double[out];
        double[] dBeta = new double[out];
        if (layer.norm() != null) {
          for (int e = 0; e < d.length; e++) {
            dGamma[e % out] += d[e] * normal(l, e);
            dBeta[e % out] += d[e];
          }
          for (int e = 0; e < d.length; e++) {
            int j = e % out;
            double through = layer.norm().ofBatch() ? dBeta[j] + normal(l, e) * dGamma[j] : 0;
            d[e] = layer.norm().affine().gamma().get(j) / deviation(l, j) * (d[e] - through / rows);
          }
        }
        double[] dw = new double[out * in];
        double[] db = new double[out];
        double[] below = new double[rows * in];
        for (int e = 0; e < d.length; e++) {
          int o = e % out;
          db[o] += d[e];
          for (int j = 0; j < in; j++) {
            dw[o * in + j] += d[e] * input(l, e / out * in + j);
            below[e / out * in + j] += d[e] * layer.weight().flat().get(o * in + j);
          }
        }
        all.addAll(0, List.of(dw, db, dGamma, dBeta));
        d = below;
      }
      all.add(d);
      return all;
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void agreesWithDoublePrecision(Kernels kernels) {
    for (Between between : Between.values()) {
      for (Chain chain :
          List.of(
              new Chain(between, 1, 1, 1),
              new Chain(between, 97, 7, 33, 5, 1),
              new Chain(between, 301, 30, 65, 40),
              new Chain(between, 130, 64, 64, 64, 64))) {
        check(kernels.denseStack(), between, chain, false);
        check(kernels.denseStack(), between, chain, true);
      }
    }
  }

  private static void check(DenseStackKernel kernel, Between between, Chain chain, boolean add) {
    int last = chain.widths.length - 1;
    int size = chain.rows * chain.widths[last];
    String name = between + " of " + chain.rows + " rows: ";
    float[] y = BackendsUnderTest.bordered(size);
    Matrix to = new Matrix(y, BackendsUnderTest.LEFT, chain.rows, chain.widths[last]);
    assertThat(kernel.forward(chain.layers, chain.x, to, false)).isNull();
    assertClose(name + "y", to.flat(), chain.outputs[last - 1], 0);
    BackendsUnderTest.assertBorders(y, size, "y");
    float before = add ? 0.25f : 0;
    List<Gradient> gradients = new ArrayList<>();
    for (Layer layer : chain.layers) {
      gradients.add(
          new Gradient(
              filled(4, layer.out() * layer.in(), add).matrix(layer.out(), layer.in()),
              add,
              filled(1, layer.out(), add),
              add,
              new Affine(filled(0, layer.out(), true), filled(0, layer.out(), true))));
    }
    Vec dx = filled(6, chain.rows * chain.widths[0], add);
    try (DenseStackKernel.Pass pass = kernel.forward(chain.layers, chain.x, to, true)) {
      pass.backward(chain.dy, gradients, dx.matrix(chain.rows, chain.widths[0]), add);
    }
    List<double[]> wanted = chain.backward();
    for (int l = 0; l < last; l++) {
      Gradient got = gradients.get(l);
      assertClose(name + "dW " + l, got.weight().flat(), wanted.get(4 * l), before);
      assertClose(name + "db " + l, got.bias(), wanted.get(4 * l + 1), before);
      Norm norm = chain.layers.get(l).norm();
      assertClose(name + "dgamma " + l, got.affine().gamma(), wanted.get(4 * l + 2), 0.25f);
      assertClose(name + "dbeta " + l, got.affine().beta(), wanted.get(4 * l + 3), 0.25f);
      if (norm != null) {
        assertClose(name + "mean " + l, norm.mean(), chain.means[l], 0);
        assertClose(name + "variance " + l, norm.variance(), chain.variances[l], 0);
      }
    }
    assertClose(name + "dx", dx, wanted.get(4 * last), before);
  }

  /** 1000 values of 100 000 and 100 001: a variance in one pass would be lost in rounding. */
  @ParameterizedTest
  @MethodSource("backends")
  void varianceSurvivesALargeMean(Kernels kernels) {
    float[] x = new float[1000];
    for (int i = 0; i < x.length; i++) {
      x[i] = 100_000 + i % 2;
    }
    float[] one = {1};
    Affine affine = new Affine(Vec.of(one), Vec.of(new float[1]));
    float[] mean = new float[1];
    float[] variance = new float[1];
    Layer layer =
        new Layer(
            Matrix.of(one, 1, 1),
            Vec.of(new float[1]),
            new Norm(affine, Vec.of(mean), Vec.of(variance), true, 1e-5f),
            Activation.NONE,
            0,
            0);
    float[] y = new float[1000];
    Matrix to = Matrix.of(y, 1000, 1);
    kernels.denseStack().forward(List.of(layer), Matrix.of(x, 1000, 1), to, false);
    assertThat(mean[0]).isEqualTo(100_000.5f);
    BackendsUnderTest.assertClose(variance[0], 0.25, 1e-6, "variance");
    BackendsUnderTest.assertClose(y[0], -1, 1e-4, "y");
    BackendsUnderTest.assertClose(y[1], 1, 1e-4, "y");
  }

  private static Vec filled(int offset, int n, boolean add) {
    float[] x = new float[offset + n];
    java.util.Arrays.fill(x, add ? 0.25f : Float.NaN);
    return new Vec(x, offset, n);
  }

  private static Vec vec(Random random, int offset, int n, float scale) {
    return new Vec(BackendsUnderTest.random(random, offset + n, scale), offset, n);
  }

  private static Matrix matrix(Random random, int offset, int rows, int cols, float scale) {
    return vec(random, offset, rows * cols, scale).matrix(rows, cols);
  }

  private static void assertClose(String what, Vec got, double[] expected, float before) {
    double scale = 1;
    for (double e : expected) {
      scale = Math.max(scale, Math.abs(e));
    }
    for (int i = 0; i < expected.length; i++) {
      BackendsUnderTest.assertClose(
          got.get(i), expected[i] + before, 1e-5 * scale, what + "[" + i + "]");
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void saysWhatIsWrong(Kernels kernels) {
    Chain chain = new Chain(Between.RELU, 2, 3, 4, 5);
    DenseStackKernel kernel = kernels.denseStack();
    List<Layer> swapped = List.of(chain.layers.get(1), chain.layers.get(0));
    Matrix square = Matrix.of(new float[8], 2, 4);
    assertThatThrownBy(() -> kernel.forward(swapped, square, square, false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("denseStack: a layer takes 3 columns, but is given 5");
    Matrix y = Matrix.of(new float[10], 2, 5);
    DenseStackKernel.Pass pass = kernel.forward(chain.layers, chain.x, y, true);
    Matrix longer = Matrix.of(new float[15], 3, 5);
    assertThatThrownBy(() -> pass.backward(longer, List.of(), null, false))
        .hasMessage("denseStack: dy is [3, 5]; [2, 5] is needed");
    assertThatThrownBy(() -> pass.backward(chain.dy, List.of(), longer, false))
        .hasMessage("denseStack: dx is [3, 5]; [2, 3] is needed");
    assertThatThrownBy(() -> pass.backward(chain.dy, List.of(), null, false))
        .hasMessage("denseStack: 2 layers, but gradients of 0");
    pass.close();
    assertThatThrownBy(() -> pass.backward(chain.dy, List.of(), null, false))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("denseStack: backward after close");
    Layer given = chain.layers.get(0);
    Layer dropping = new Layer(given.weight(), given.bias(), null, Activation.NONE, 0.5f, 1);
    assertThatThrownBy(() -> kernel.forward(List.of(dropping), chain.x, square, false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("denseStack: dropout (p = 0.5) is offered together with ReLU only");
    Layer unbiased = new Layer(given.weight(), Vec.of(new float[3]), Activation.NONE);
    assertThatThrownBy(() -> kernel.forward(List.of(unbiased), chain.x, square, false))
        .hasMessage("denseStack: bias has 3 elements; 4 are needed");
  }
}

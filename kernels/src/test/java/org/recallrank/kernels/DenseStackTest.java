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
import org.recallrank.kernels.MatMulKernel.Activation;

/** Chains of layers against double precision, for the backends that have them as a whole. */
class DenseStackTest {
  static Stream<Kernels> backends() {
    return Backends.withVariants().filter(k -> k.denseStack() != null);
  }

  /** A chain with its oracle; a hidden layer has a ReLU, the last one none. */
  private static final class Chain {
    final int rows;
    final int[] widths;
    final List<Layer> layers = new ArrayList<>();
    final float[] x;
    final float[] dy;
    static final int AT = 3;

    Chain(int rows, int... widths) {
      this.rows = rows;
      this.widths = widths;
      Random random = new Random(rows);
      for (int l = 0; l + 1 < widths.length; l++) {
        layers.add(
            new Layer(
                Backends.random(random, 5 + widths[l] * widths[l + 1], 0.5f),
                5,
                Backends.random(random, 2 + widths[l + 1], 0.5f),
                2,
                widths[l],
                widths[l + 1],
                l + 2 < widths.length ? Activation.RELU : Activation.NONE));
      }
      x = Backends.random(random, AT + rows * widths[0], 1);
      dy = Backends.random(random, AT + rows * widths[widths.length - 1], 1);
    }

    double[][] forward() {
      double[][] y = new double[widths.length][];
      y[0] = new double[rows * widths[0]];
      for (int i = 0; i < y[0].length; i++) {
        y[0][i] = x[AT + i];
      }
      for (int l = 0; l < layers.size(); l++) {
        Layer layer = layers.get(l);
        y[l + 1] = new double[rows * layer.out()];
        for (int i = 0; i < rows; i++) {
          for (int o = 0; o < layer.out(); o++) {
            double sum = layer.bias()[2 + o];
            for (int j = 0; j < layer.in(); j++) {
              sum += y[l][i * layer.in() + j] * layer.weight()[5 + o * layer.in() + j];
            }
            y[l + 1][i * layer.out() + o] =
                layer.activation() == Activation.RELU ? Math.max(sum, 0) : sum;
          }
        }
      }
      return y;
    }

    /** Gradients of the weights, then of the biases, then of x. */
    List<double[]> backward(double[][] y) {
      double[] d = new double[dy.length - AT];
      for (int i = 0; i < d.length; i++) {
        d[i] = dy[AT + i];
      }
      List<double[]> weights = new ArrayList<>();
      List<double[]> biases = new ArrayList<>();
      for (int l = layers.size() - 1; l >= 0; l--) {
        Layer layer = layers.get(l);
        double[] dw = new double[layer.out() * layer.in()];
        double[] db = new double[layer.out()];
        double[] below = new double[rows * layer.in()];
        for (int i = 0; i < rows; i++) {
          for (int o = 0; o < layer.out(); o++) {
            int at = i * layer.out() + o;
            double g = layer.activation() == Activation.RELU && y[l + 1][at] <= 0 ? 0 : d[at];
            db[o] += g;
            for (int j = 0; j < layer.in(); j++) {
              dw[o * layer.in() + j] += g * y[l][i * layer.in() + j];
              below[i * layer.in() + j] += g * layer.weight()[5 + o * layer.in() + j];
            }
          }
        }
        weights.addFirst(dw);
        biases.addFirst(db);
        d = below;
      }
      List<double[]> all = new ArrayList<>(weights);
      all.addAll(biases);
      all.add(d);
      return all;
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void agreesWithDoublePrecision(Kernels kernels) {
    for (Chain chain :
        List.of(
            new Chain(1, 1, 1),
            new Chain(97, 7, 33, 5, 1),
            new Chain(301, 30, 65, 40),
            new Chain(130, 64, 64, 64, 64))) {
      check(kernels.denseStack(), chain, false);
      check(kernels.denseStack(), chain, true);
    }
  }

  private static void check(DenseStackKernel kernel, Chain chain, boolean add) {
    int last = chain.widths.length - 1;
    double[][] expected = chain.forward();
    float[] y = Backends.bordered(chain.rows * chain.widths[last]);
    assertThat(kernel.forward(chain.layers, chain.x, Chain.AT, chain.rows, y, Backends.LEFT, false))
        .isNull();
    assertClose("y", Backends.inner(y, chain.rows * chain.widths[last]), expected[last], 0);
    Backends.assertBorders(y, chain.rows * chain.widths[last], "y");
    float before = add ? 0.25f : 0;
    List<Gradient> gradients = new ArrayList<>();
    for (Layer layer : chain.layers) {
      gradients.add(
          new Gradient(
              filled(4 + layer.in() * layer.out(), add),
              4,
              add,
              filled(1 + layer.out(), add),
              1,
              add));
    }
    float[] dx = filled(6 + chain.rows * chain.widths[0], add);
    try (DenseStackKernel.Pass pass =
        kernel.forward(chain.layers, chain.x, Chain.AT, chain.rows, y, Backends.LEFT, true)) {
      pass.backward(chain.dy, Chain.AT, gradients, dx, 6, add);
    }
    List<double[]> wanted = chain.backward(expected);
    for (int l = 0; l < last; l++) {
      assertClose("dW " + l, from(gradients.get(l).weight(), 4), wanted.get(l), before);
      assertClose("db " + l, from(gradients.get(l).bias(), 1), wanted.get(last + l), before);
    }
    assertClose("dx", from(dx, 6), wanted.get(2 * last), before);
  }

  private static float[] filled(int n, boolean add) {
    float[] x = new float[n];
    java.util.Arrays.fill(x, add ? 0.25f : Float.NaN);
    return x;
  }

  private static float[] from(float[] x, int at) {
    return java.util.Arrays.copyOfRange(x, at, x.length);
  }

  private static void assertClose(String what, float[] got, double[] expected, float before) {
    double scale = 1;
    for (double e : expected) {
      scale = Math.max(scale, Math.abs(e));
    }
    for (int i = 0; i < expected.length; i++) {
      Backends.assertClose(got[i], expected[i] + before, 1e-5 * scale, what + "[" + i + "]");
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void saysWhatIsWrong(Kernels kernels) {
    Chain chain = new Chain(2, 3, 4, 5);
    assertThatThrownBy(
            () ->
                kernels
                    .denseStack()
                    .forward(
                        List.of(chain.layers.get(1), chain.layers.get(0)),
                        new float[8],
                        0,
                        2,
                        new float[8],
                        0,
                        false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("denseStack: a layer takes 3 columns, but is given 5");
    DenseStackKernel.Pass pass =
        kernels.denseStack().forward(chain.layers, chain.x, 3, 2, new float[10], 0, true);
    pass.close();
    assertThatThrownBy(() -> pass.backward(chain.dy, 3, List.of(), null, 0, false))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("denseStack: backward after close");
  }
}

package org.recallrank.autograd.ops;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.recallrank.autograd.GradientCheck.values;

import org.junit.jupiter.api.Test;
import org.recallrank.autograd.GradientCheck;
import org.recallrank.autograd.HostBackends;
import org.recallrank.autograd.Tape;
import org.recallrank.kernels.MatMulKernel.Activation;
import org.recallrank.tensor.Tensor;

class LinearTest {
  private static final int ROWS = 4;
  private static final int IN = 3;
  private static final int OUT = 5;

  /** Seeds for which no sum comes near the kink of the ReLU. */
  private final Tensor x = values(115, 2, 2, IN);

  private final Tensor w = values(112, OUT, IN);
  private final Tensor b = values(113, OUT);

  private double[] expected(Tensor bias, boolean relu) {
    double[] y = new double[ROWS * OUT];
    for (int i = 0; i < ROWS; i++) {
      for (int o = 0; o < OUT; o++) {
        double sum = bias == null ? 0 : bias.get(o);
        for (int k = 0; k < IN; k++) {
          sum += (double) x.get(i * IN + k) * w.get(o * IN + k);
        }
        y[i * OUT + o] = relu ? Math.max(sum, 0) : sum;
      }
    }
    return y;
  }

  @Test
  void withBias() {
    GradientCheck.of(x, w, b)
        .run(expected(b, false), in -> Linear.apply(in[0], in[1], in[2], Activation.NONE));
  }

  @Test
  void withoutBias() {
    GradientCheck.of(x, w)
        .run(expected(null, false), in -> Linear.apply(in[0], in[1], null, Activation.NONE));
  }

  @Test
  void withRelu() {
    GradientCheck.of(x, w, b)
        .run(expected(b, true), in -> Linear.apply(in[0], in[1], in[2], Activation.RELU));
  }

  @Test
  void product() {
    Tensor untransposed = Tensor.zeros(IN, OUT);
    for (int o = 0; o < OUT; o++) {
      for (int k = 0; k < IN; k++) {
        untransposed.set(k * OUT + o, w.get(o * IN + k));
      }
    }
    GradientCheck.of(x, untransposed)
        .run(expected(null, false), in -> Linear.product(in[0], in[1]));
  }

  @Test
  void aMatrixWithItself() {
    Tensor square = values(114, 3, 3);
    double[] expected = new double[9];
    for (int i = 0; i < 9; i++) {
      for (int k = 0; k < 3; k++) {
        expected[i] += (double) square.get(i / 3 * 3 + k) * square.get(k * 3 + i % 3);
      }
    }
    GradientCheck.of(square).run(expected, in -> Linear.product(in[0], in[0]));
  }

  @Test
  void shapesThatDoNotFitAreErrors() {
    Tape tape = new Tape(HostBackends.scalar());
    var in = tape.constant(x);
    assertThatThrownBy(
            () -> Linear.apply(in, tape.constant(Tensor.zeros(5, 4)), null, Activation.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[2, 2, 3]")
        .hasMessageContaining("[5, 4] (transposed)");
    assertThatThrownBy(() -> Linear.product(in, tape.constant(Tensor.zeros(3))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("w is [3]");
    assertThatThrownBy(
            () ->
                Linear.apply(in, tape.constant(w), tape.constant(Tensor.zeros(6)), Activation.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("b needs 5 elements");
  }
}

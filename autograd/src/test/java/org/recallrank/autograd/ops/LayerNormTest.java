package org.recallrank.autograd.ops;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.recallrank.autograd.GradientCheck.values;

import org.junit.jupiter.api.Test;
import org.recallrank.autograd.GradientCheck;
import org.recallrank.autograd.HostBackends;
import org.recallrank.autograd.Tape;
import org.recallrank.tensor.Tensor;

class LayerNormTest {
  private static final float EPSILON = 1e-5f;

  /** An odd width, and one that is whole vectors. */
  private static final int[] WIDTHS = {5, 32};

  /** The definition. */
  private static double[] expected(
      Tensor x, Tensor residual, Tensor gamma, Tensor beta, boolean relu) {
    int rows = x.rows();
    int cols = x.cols();
    double[] y = GradientCheck.doubles(x);
    for (int i = 0; residual != null && i < y.length; i++) {
      y[i] += residual.get(i);
    }
    for (int i = 0; i < rows; i++) {
      double mean = 0;
      double variance = 0;
      for (int j = 0; j < cols; j++) {
        mean += y[i * cols + j] / cols;
      }
      for (int j = 0; j < cols; j++) {
        variance += Math.pow(y[i * cols + j] - mean, 2) / cols;
      }
      for (int j = 0; j < cols; j++) {
        double normal = (y[i * cols + j] - mean) / Math.sqrt(variance + EPSILON);
        double v = gamma.get(j) * normal + beta.get(j);
        y[i * cols + j] = relu ? Math.max(v, 0) : v;
      }
    }
    return y;
  }

  @Test
  void normalisesTheLastAxis() {
    for (int cols : WIDTHS) {
      Tensor x = values(101, 2, 3, cols);
      Tensor gamma = values(102, cols);
      Tensor beta = values(103, cols);
      GradientCheck.of(x, gamma, beta)
          .run(
              expected(x, null, gamma, beta, false),
              in -> LayerNorm.apply(in[0], in[1], in[2], EPSILON));
    }
  }

  @Test
  void withResidualAndRelu() {
    for (int cols : WIDTHS) {
      Tensor x = values(104, 2, 3, cols);
      Tensor residual = values(105, 2, 3, cols);
      Tensor gamma = values(106, cols);
      Tensor beta = values(107, cols);
      for (int j = 0; j < cols; j++) { // every y stays away from 0: |gamma * normal| < 1.5
        gamma.set(j, gamma.get(j) / 8);
        beta.set(j, Math.copySign(1.75f, beta.get(j)));
      }
      GradientCheck.of(x, residual, gamma, beta)
          .run(
              expected(x, residual, gamma, beta, true),
              in -> LayerNorm.apply(in[0], in[1], in[2], in[3], EPSILON, true));
    }
  }

  /** Where x and residual are one variable its gradient is twice that of either. */
  @Test
  void theInputAsItsOwnResidual() {
    Tensor x = values(108, 4, 16);
    Tensor gamma = values(109, 16);
    Tensor beta = values(110, 16);
    GradientCheck.of(x, gamma, beta)
        .run(
            expected(x, x, gamma, beta, false),
            in -> LayerNorm.apply(in[0], in[0], in[1], in[2], EPSILON, false));
  }

  @Test
  void sizesThatDifferAreErrors() {
    Tape tape = new Tape(HostBackends.scalar());
    var x = tape.constant(values(1, 2, 5));
    var beta = tape.constant(Tensor.zeros(5));
    assertThatThrownBy(() -> LayerNorm.apply(x, tape.constant(Tensor.zeros(4)), beta, EPSILON))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("gamma needs 5 elements");
    assertThatThrownBy(() -> LayerNorm.apply(x, beta, beta, beta, EPSILON, false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[2, 5] and [5] differ in size");
  }
}

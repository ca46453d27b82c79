package org.recallrank.autograd.ops;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.recallrank.autograd.GradientCheck.values;

import org.junit.jupiter.api.Test;
import org.recallrank.autograd.Backends;
import org.recallrank.autograd.GradientCheck;
import org.recallrank.autograd.Tape;
import org.recallrank.tensor.Tensor;

class LayerNormTest {
  private static final int ROWS = 6;
  private static final int COLS = 5;
  private static final float EPSILON = 1e-5f;

  private final Tensor x = values(101, 2, 3, COLS);
  private final Tensor gamma = values(102, COLS);
  private final Tensor beta = values(103, COLS);

  @Test
  void normalisesTheLastAxis() {
    double[] expected = new double[ROWS * COLS];
    for (int i = 0; i < ROWS; i++) {
      double mean = 0;
      double variance = 0;
      for (int j = 0; j < COLS; j++) {
        mean += x.get(i * COLS + j) / (double) COLS;
      }
      for (int j = 0; j < COLS; j++) {
        variance += Math.pow(x.get(i * COLS + j) - mean, 2) / COLS;
      }
      for (int j = 0; j < COLS; j++) {
        double normal = (x.get(i * COLS + j) - mean) / Math.sqrt(variance + EPSILON);
        expected[i * COLS + j] = gamma.get(j) * normal + beta.get(j);
      }
    }
    GradientCheck.of(x, gamma, beta)
        .run(expected, (tape, in) -> LayerNorm.apply(tape, in[0], in[1], in[2], EPSILON));
  }

  @Test
  void gammaOfAnotherLengthIsAnError() {
    Tape tape = new Tape(Backends.scalar());
    assertThatThrownBy(
            () ->
                LayerNorm.apply(
                    tape,
                    tape.constant(x),
                    tape.constant(Tensor.zeros(4)),
                    tape.constant(beta),
                    EPSILON))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("gamma needs 5 elements");
  }
}

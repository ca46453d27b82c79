package org.recallrank.autograd.ops;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.recallrank.autograd.GradientCheck.values;

import org.junit.jupiter.api.Test;
import org.recallrank.autograd.GradientCheck;
import org.recallrank.autograd.HostBackends;
import org.recallrank.autograd.Tape;
import org.recallrank.tensor.Tensor;

class MultiplyFieldsTest {
  private static final int ROWS = 2;
  private static final int FIELDS = 3;
  private static final int D = 4;

  private final Tensor x = values(231, ROWS, FIELDS, D);
  private final Tensor c = values(232, ROWS, D);

  @Test
  void everyFieldTimesTheVectorOfItsRow() {
    double[] expected = new double[ROWS * FIELDS * D];
    for (int b = 0; b < ROWS; b++) {
      for (int f = 0; f < FIELDS; f++) {
        for (int j = 0; j < D; j++) {
          int at = (b * FIELDS + f) * D + j;
          expected[at] = (double) x.get(at) * c.get(b * D + j);
        }
      }
    }
    GradientCheck.of(x, c).run(expected, in -> MultiplyFields.apply(in[0], in[1]));
  }

  @Test
  void fieldsOfAnotherWidthAreAnError() {
    Tape tape = new Tape(HostBackends.scalar());
    assertThatThrownBy(
            () -> MultiplyFields.apply(tape.constant(x), tape.constant(Tensor.zeros(ROWS, D + 1))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[2, 3, 4]")
        .hasMessageContaining("[2, 5]");
  }
}

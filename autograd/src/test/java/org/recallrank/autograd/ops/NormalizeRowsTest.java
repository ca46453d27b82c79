package org.recallrank.autograd.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.recallrank.autograd.GradientCheck.values;

import org.junit.jupiter.api.Test;
import org.recallrank.autograd.GradientCheck;
import org.recallrank.autograd.HostBackends;
import org.recallrank.autograd.Tape;
import org.recallrank.tensor.Tensor;

class NormalizeRowsTest {
  private static final int ROWS = 3;
  private static final int COLS = 4;

  @Test
  void rowsOfLengthOne() {
    Tensor x = values(141, ROWS, COLS);
    double[] expected = new double[ROWS * COLS];
    for (int i = 0; i < ROWS; i++) {
      double squares = 0;
      for (int j = 0; j < COLS; j++) {
        squares += Math.pow(x.get(i * COLS + j), 2);
      }
      for (int j = 0; j < COLS; j++) {
        expected[i * COLS + j] = x.get(i * COLS + j) / Math.sqrt(squares);
      }
    }
    GradientCheck.of(x).run(expected, in -> NormalizeRows.apply(in[0]));
  }

  @Test
  void aRowOfZerosStaysZero() {
    Tape tape = new Tape(HostBackends.scalar());
    assertThat(NormalizeRows.apply(tape.constant(Tensor.zeros(1, 3))).value().toArray())
        .containsExactly(0, 0, 0);
  }
}

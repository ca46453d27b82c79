package org.recallrank.autograd.ops;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.recallrank.autograd.GradientCheck.values;

import org.junit.jupiter.api.Test;
import org.recallrank.autograd.GradientCheck;
import org.recallrank.autograd.HostBackends;
import org.recallrank.autograd.Tape;
import org.recallrank.kernels.Ids;
import org.recallrank.tensor.Tensor;

class GatherRowsTest {
  private static final int COLS = 3;
  private static final int[] INDEX = {2, 0, 2, 1, 2, -1};

  private final Tensor x = values(251, 4, COLS);

  @Test
  void rowsInAnyOrderAndAnyNumberOfTimes() {
    int n = 5; // the last index is no longer looked at
    double[] expected = new double[n * COLS];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = x.get(INDEX[i / COLS] * COLS + i % COLS);
    }
    GradientCheck.of(x).run(expected, in -> GatherRows.apply(in[0], Ids.of(INDEX, n)));
  }

  @Test
  void aRowThatIsNotThereIsAnError() {
    Tape tape = new Tape(HostBackends.scalar());
    assertThatThrownBy(() -> GatherRows.apply(tape.constant(x), Ids.of(new int[] {4})))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessageContaining("index 4");
  }
}

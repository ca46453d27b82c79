package org.recallrank.autograd.ops.fused;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.recallrank.autograd.GradientCheck.values;

import org.junit.jupiter.api.Test;
import org.recallrank.autograd.GradientCheck;
import org.recallrank.autograd.HostBackends;
import org.recallrank.autograd.Tape;
import org.recallrank.tensor.Tensor;

class MixExpertsTest {
  private static final int ROWS = 3;
  private static final int COLS = 4;

  private final Tensor a = values(121, ROWS, COLS);
  private final Tensor gate = values(122, ROWS, 2);
  private final Tensor first = values(123, ROWS, COLS);
  private final Tensor second = values(124, ROWS, COLS);

  private double[] expected(Tensor one, Tensor two) {
    double[] y = GradientCheck.doubles(a);
    for (int i = 0; i < y.length; i++) {
      int row = i / COLS;
      y[i] += (double) gate.get(row * 2) * one.get(i) + (double) gate.get(row * 2 + 1) * two.get(i);
    }
    return y;
  }

  @Test
  void addsGatedExperts() {
    GradientCheck.of(a, gate, first, second)
        .run(expected(first, second), in -> MixExperts.apply(in[0], in[1], in[2], in[3]));
  }

  @Test
  void theInputAsBothExperts() {
    GradientCheck.of(a, gate)
        .run(expected(a, a), in -> MixExperts.apply(in[0], in[1], in[0], in[0]));
  }

  @Test
  void aGateOfAnotherSizeIsAnError() {
    Tape tape = new Tape(HostBackends.scalar());
    var x = tape.constant(a);
    assertThatThrownBy(() -> MixExperts.apply(x, tape.constant(gate), x))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("gate needs 3 elements")
        .hasMessageContaining("[3, 2]");
  }
}

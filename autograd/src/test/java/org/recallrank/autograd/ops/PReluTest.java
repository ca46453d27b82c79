package org.recallrank.autograd.ops;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.recallrank.autograd.GradientCheck.values;

import org.junit.jupiter.api.Test;
import org.recallrank.autograd.GradientCheck;
import org.recallrank.autograd.HostBackends;
import org.recallrank.autograd.Tape;
import org.recallrank.tensor.Tensor;

class PReluTest {
  private final Tensor x = values(161, 3, 4);

  @Test
  void slopeBelowZero() {
    Tensor slope = Tensor.wrap(new float[] {0.25f}, 1);
    double[] expected = GradientCheck.doubles(x);
    for (int i = 0; i < expected.length; i++) {
      expected[i] *= expected[i] > 0 ? 1 : 0.25;
    }
    GradientCheck.of(x, slope).run(expected, in -> PRelu.apply(in[0], in[1]));
  }

  @Test
  void moreThanOneSlopeIsAnError() {
    Tape tape = new Tape(HostBackends.scalar());
    assertThatThrownBy(() -> PRelu.apply(tape.constant(x), tape.constant(Tensor.zeros(4))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("slope needs 1 elements");
  }
}

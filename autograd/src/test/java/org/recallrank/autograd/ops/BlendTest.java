package org.recallrank.autograd.ops;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.recallrank.autograd.GradientCheck.values;

import org.junit.jupiter.api.Test;
import org.recallrank.autograd.GradientCheck;
import org.recallrank.autograd.HostBackends;
import org.recallrank.autograd.Tape;
import org.recallrank.tensor.Tensor;

class BlendTest {
  private static final int COLS = 4;

  private final Tensor x = values(221, 2, 3, COLS);
  private final Tensor z = values(222, 2, 3, COLS);

  private double[] expected(Tensor gate, int cols) {
    double[] y = new double[x.size()];
    for (int i = 0; i < y.length; i++) {
      double g = gate.get(i / cols);
      y[i] = g * x.get(i) + (1 - g) * z.get(i);
    }
    return y;
  }

  @Test
  void aGatePerElement() {
    Tensor gate = values(223, 2, 3, COLS);
    GradientCheck.of(gate, x, z).run(expected(gate, 1), in -> Blend.apply(in[0], in[1], in[2]));
  }

  @Test
  void aGatePerRow() {
    Tensor gate = values(224, 6, 1);
    GradientCheck.of(gate, x, z).run(expected(gate, COLS), in -> Blend.apply(in[0], in[1], in[2]));
  }

  @Test
  void sizesThatDoNotFitAreErrors() {
    Tape tape = new Tape(HostBackends.scalar());
    var in = tape.constant(x);
    assertThatThrownBy(() -> Blend.apply(in, in, tape.constant(Tensor.zeros(2, 3))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[2, 3]");
    assertThatThrownBy(() -> Blend.apply(tape.constant(Tensor.zeros(2)), in, in))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("gate needs 6 elements");
  }
}

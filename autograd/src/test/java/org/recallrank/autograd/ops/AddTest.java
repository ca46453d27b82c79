package org.recallrank.autograd.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.recallrank.autograd.GradientCheck.values;

import org.junit.jupiter.api.Test;
import org.recallrank.autograd.GradientCheck;
import org.recallrank.autograd.HostBackends;
import org.recallrank.autograd.Tape;
import org.recallrank.tensor.Tensor;

class AddTest {
  private final Tensor x = values(1, 3, 4);
  private final Tensor y = values(2, 12);

  @Test
  void sums() {
    double[] expected = new double[12];
    for (int i = 0; i < 12; i++) {
      expected[i] = (double) x.get(i) + y.get(i);
    }
    GradientCheck.of(x, y).run(expected, in -> Add.apply(in[0], in[1]));
  }

  @Test
  void aVariableAndItself() {
    double[] expected = GradientCheck.doubles(x);
    for (int i = 0; i < 12; i++) {
      expected[i] *= 2;
    }
    GradientCheck.of(x).run(expected, in -> Add.apply(in[0], in[0]));
  }

  @Test
  void theShapeIsThatOfTheFirst() {
    Tape tape = new Tape(HostBackends.scalar());
    assertThat(Add.apply(tape.constant(x), tape.constant(y)).shape().toArray())
        .containsExactly(3, 4);
  }

  @Test
  void sizesThatDifferAreAnError() {
    Tape tape = new Tape(HostBackends.scalar());
    assertThatThrownBy(() -> Add.apply(tape.constant(x), tape.constant(Tensor.zeros(3, 5))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[3, 4]")
        .hasMessageContaining("[3, 5]");
  }
}

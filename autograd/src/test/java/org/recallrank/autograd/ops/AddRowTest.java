package org.recallrank.autograd.ops;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.recallrank.autograd.GradientCheck.values;

import org.junit.jupiter.api.Test;
import org.recallrank.autograd.GradientCheck;
import org.recallrank.autograd.HostBackends;
import org.recallrank.autograd.Tape;
import org.recallrank.tensor.Tensor;

class AddRowTest {
  @Test
  void addsToEachRow() {
    Tensor x = values(1, 2, 3, 4);
    Tensor b = values(2, 4);
    double[] expected = GradientCheck.doubles(x);
    for (int i = 0; i < expected.length; i++) {
      expected[i] += b.get(i % 4);
    }
    GradientCheck.of(x, b).run(expected, in -> AddRow.apply(in[0], in[1]));
  }

  @Test
  void aVectorOfAnotherLengthIsAnError() {
    Tape tape = new Tape(HostBackends.scalar());
    assertThatThrownBy(
            () -> AddRow.apply(tape.constant(Tensor.zeros(2, 4)), tape.constant(Tensor.zeros(3))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("b needs 4 elements")
        .hasMessageContaining("[3]");
  }
}

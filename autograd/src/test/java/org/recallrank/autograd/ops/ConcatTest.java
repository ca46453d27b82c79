package org.recallrank.autograd.ops;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.recallrank.autograd.GradientCheck.values;

import org.junit.jupiter.api.Test;
import org.recallrank.autograd.GradientCheck;
import org.recallrank.autograd.HostBackends;
import org.recallrank.autograd.Tape;
import org.recallrank.tensor.Tensor;

class ConcatTest {
  private static final int ROWS = 6;

  private static double[] expected(Tensor... parts) {
    int cols = 0;
    for (Tensor part : parts) {
      cols += part.cols();
    }
    double[] y = new double[ROWS * cols];
    for (int i = 0; i < ROWS; i++) {
      int at = i * cols;
      for (Tensor part : parts) {
        for (int j = 0; j < part.cols(); j++) {
          y[at++] = part.get(i * part.cols() + j);
        }
      }
    }
    return y;
  }

  @Test
  void putsPartsSideBySide() {
    Tensor a = values(51, ROWS, 2);
    Tensor b = values(52, 2, 3, 1); // leading axes are rows
    Tensor c = values(53, ROWS, 4);
    GradientCheck.of(a, b, c).run(expected(a, b, c), in -> Concat.apply(in[0], in[1], in[2]));
  }

  @Test
  void aVariableTwice() {
    Tensor a = values(54, ROWS, 2);
    GradientCheck.of(a).run(expected(a, a), in -> Concat.apply(in[0], in[0]));
  }

  @Test
  void rowsThatDifferAreAnError() {
    Tape tape = new Tape(HostBackends.scalar());
    assertThatThrownBy(
            () ->
                Concat.apply(tape.constant(Tensor.zeros(2, 3)), tape.constant(Tensor.zeros(4, 3))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2 and 4 rows");
  }
}

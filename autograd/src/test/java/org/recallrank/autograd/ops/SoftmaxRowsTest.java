package org.recallrank.autograd.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.recallrank.autograd.GradientCheck.values;

import org.junit.jupiter.api.Test;
import org.recallrank.autograd.GradientCheck;
import org.recallrank.autograd.HostBackends;
import org.recallrank.autograd.Tape;
import org.recallrank.kernels.Kernels;
import org.recallrank.tensor.Tensor;

class SoftmaxRowsTest {
  @Test
  void softmaxOfTheLastAxis() {
    Tensor x = values(191, 2, 2, 5);
    double[] expected = new double[x.size()];
    for (int row = 0; row < 4; row++) {
      double sum = 0;
      for (int j = 0; j < 5; j++) {
        sum += Math.exp(x.get(row * 5 + j));
      }
      for (int j = 0; j < 5; j++) {
        expected[row * 5 + j] = Math.exp(x.get(row * 5 + j)) / sum;
      }
    }
    GradientCheck.of(x).run(expected, in -> SoftmaxRows.apply(in[0]));
  }

  @Test
  void hugeValuesStayFinite() {
    for (Kernels kernels : HostBackends.all()) {
      Tape tape = new Tape(kernels);
      Tensor x = Tensor.wrap(new float[] {1000, 1000, -1000}, 1, 3);
      assertThat(SoftmaxRows.apply(tape.constant(x)).value().toArray())
          .as(kernels.name())
          .containsExactly(0.5f, 0.5f, 0);
    }
  }
}

package org.recallrank.autograd.ops;

import static org.recallrank.autograd.GradientCheck.values;

import org.junit.jupiter.api.Test;
import org.recallrank.autograd.GradientCheck;
import org.recallrank.tensor.Tensor;

class RowSumTest {
  @Test
  void sumsTheLastAxis() {
    Tensor x = values(171, 2, 3, 4);
    double[] expected = new double[6];
    for (int i = 0; i < x.size(); i++) {
      expected[i / 4] += x.get(i);
    }
    GradientCheck.of(x).run(expected, in -> RowSum.apply(in[0]));
  }
}

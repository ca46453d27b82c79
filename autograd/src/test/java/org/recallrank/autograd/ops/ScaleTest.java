package org.recallrank.autograd.ops;

import static org.recallrank.autograd.GradientCheck.values;

import org.junit.jupiter.api.Test;
import org.recallrank.autograd.GradientCheck;
import org.recallrank.tensor.Tensor;

class ScaleTest {
  @Test
  void multipliesByAConstant() {
    Tensor x = values(181, 3, 4);
    double[] expected = GradientCheck.doubles(x);
    for (int i = 0; i < expected.length; i++) {
      expected[i] *= -0.7f;
    }
    GradientCheck.of(x).run(expected, in -> Scale.apply(in[0], -0.7f));
  }
}

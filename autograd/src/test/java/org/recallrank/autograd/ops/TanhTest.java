package org.recallrank.autograd.ops;

import static org.recallrank.autograd.GradientCheck.values;

import org.junit.jupiter.api.Test;
import org.recallrank.autograd.GradientCheck;
import org.recallrank.tensor.Tensor;

class TanhTest {
  @Test
  void hyperbolicTangent() {
    Tensor x = values(201, 3, 4);
    double[] expected = GradientCheck.doubles(x);
    for (int i = 0; i < expected.length; i++) {
      expected[i] = Math.tanh(expected[i]);
    }
    GradientCheck.of(x).run(expected, in -> Tanh.apply(in[0]));
  }
}

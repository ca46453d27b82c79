package org.recallrank.autograd.ops;

import static org.recallrank.autograd.GradientCheck.values;

import org.junit.jupiter.api.Test;
import org.recallrank.autograd.GradientCheck;
import org.recallrank.tensor.Tensor;

class SigmoidTest {
  @Test
  void logisticFunction() {
    Tensor x = values(211, 3, 4);
    double[] expected = GradientCheck.doubles(x);
    for (int i = 0; i < expected.length; i++) {
      expected[i] = 1 / (1 + Math.exp(-expected[i]));
    }
    GradientCheck.of(x).run(expected, in -> Sigmoid.apply(in[0]));
  }
}

package org.recallrank.autograd.ops;

import static org.recallrank.autograd.GradientCheck.values;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.recallrank.autograd.GradientCheck;
import org.recallrank.tensor.Tensor;

class ReluTest {
  @Test
  void keepsWhatIsPositive() {
    Tensor x = values(151, 5, 7);
    double[] expected = Arrays.stream(GradientCheck.doubles(x)).map(v -> Math.max(v, 0)).toArray();
    GradientCheck.of(x).run(expected, in -> Relu.apply(in[0]));
  }
}

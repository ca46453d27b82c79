package org.recallrank.autograd.ops.fused;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.recallrank.autograd.GradientCheck.values;

import org.junit.jupiter.api.Test;
import org.recallrank.autograd.GradientCheck;
import org.recallrank.autograd.HostBackends;
import org.recallrank.autograd.Tape;
import org.recallrank.tensor.Tensor;

class NormedLinearTest {
  private static final int OUT = 3;
  private static final int IN = 4;

  private final Tensor w = values(291, OUT, IN);
  private final Tensor b = values(292, OUT);
  private final Tensor gamma = values(293, IN);
  private final Tensor beta = values(294, IN);

  @Test
  void scaleAndShiftGoIntoWeightsAndBias() {
    double[] expected = new double[OUT * (IN + 1)];
    for (int o = 0; o < OUT; o++) {
      int bias = o * (IN + 1) + IN;
      expected[bias] = b.get(o);
      for (int i = 0; i < IN; i++) {
        expected[o * (IN + 1) + i] = (double) w.get(o * IN + i) * gamma.get(i);
        expected[bias] += (double) w.get(o * IN + i) * beta.get(i);
      }
    }
    GradientCheck.of(w, b, gamma, beta)
        .run(expected, in -> NormedLinear.apply(in[0], in[1], in[2], in[3]));
  }

  @Test
  void sizesThatDoNotFitAreErrors() {
    Tape tape = new Tape(HostBackends.scalar());
    var weights = tape.constant(w);
    var bias = tape.constant(b);
    var scale = tape.constant(gamma);
    assertThatThrownBy(() -> NormedLinear.apply(weights, bias, bias, scale))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("gamma needs 4 elements");
  }
}

package org.recallrank.autograd.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.recallrank.autograd.GradientCheck.values;

import org.junit.jupiter.api.Test;
import org.recallrank.autograd.GradientCheck;
import org.recallrank.autograd.HostBackends;
import org.recallrank.autograd.Parameter;
import org.recallrank.autograd.Tape;
import org.recallrank.kernels.Kernels;
import org.recallrank.tensor.Rng;
import org.recallrank.tensor.Tensor;

class BceWithLogitsTest {
  private final Tensor logits = values(31, 5, 1);
  private final Tensor targets = Tensor.wrap(new float[] {0, 1, 0.25f, 1, 0}, 5);

  @Test
  void meanCrossEntropy() {
    double loss = 0;
    for (int i = 0; i < 5; i++) {
      double p = 1 / (1 + Math.exp(-logits.get(i)));
      loss -= (targets.get(i) * Math.log(p) + (1 - targets.get(i)) * Math.log(1 - p)) / 5;
    }
    GradientCheck.of(logits).run(new double[] {loss}, in -> BceWithLogits.apply(in[0], targets));
  }

  @Test
  void targetsMayBeAView() {
    Tensor larger = Tensor.zeros(8);
    larger.fill(Float.NaN);
    larger.view(3, 5).copyFrom(targets.toArray());
    Tape tape = new Tape(HostBackends.scalar());
    assertThat(BceWithLogits.apply(tape.constant(logits), larger.view(3, 5)).value().get(0))
        .isEqualTo(BceWithLogits.apply(tape.constant(logits), targets).value().get(0));
  }

  @Test
  void hugeLogitsStayFinite() {
    float[] z = {200, -200, 200, -200};
    float[] t = {1, 0, 0, 1};
    for (Kernels kernels : HostBackends.all()) {
      Tape tape = new Tape(kernels);
      tape.startTraining(new Rng(1));
      Parameter p = Parameter.dense("z", Parameter.Group.NETWORK, Tensor.wrap(z, 4));
      var loss = BceWithLogits.apply(tape.parameter(p), Tensor.wrap(t, 4));
      tape.backward(loss);
      assertThat(loss.value().get(0)).as(kernels.name()).isEqualTo(100);
      assertThat(p.gradient().toArray()).as(kernels.name()).containsExactly(0, 0, 0.25f, -0.25f);
    }
  }

  @Test
  void sizesThatDifferAreAnError() {
    Tape tape = new Tape(HostBackends.scalar());
    assertThatThrownBy(() -> BceWithLogits.apply(tape.constant(logits), Tensor.zeros(4)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[5, 1]")
        .hasMessageContaining("[4]");
  }
}

package org.recallrank.autograd.nn;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.recallrank.autograd.GradientCheck;
import org.recallrank.autograd.HostBackends;
import org.recallrank.autograd.Parameter;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.ops.RowSum;
import org.recallrank.tensor.Rng;
import org.recallrank.tensor.Tensor;

/** Names, first values and wiring of the layers that are one op each. */
class SmallLayersTest {
  private final ParameterSet set = new ParameterSet(new Rng(1));
  private final Tape tape = new Tape(HostBackends.scalar());

  @Test
  void linear() {
    LinearLayer layer = new LinearLayer(set, "fc", 2, 3, true);
    assertThat(set.parameters())
        .extracting(Parameter::toString)
        .containsExactly("fc.weight[3, 2]", "fc.bias[3]");
    assertThat(set.get("fc.bias").value().toArray()).containsOnly(0f);
    set.get("fc.weight").value().copyFrom(new float[] {1, 2, 3, 4, 5, 6});
    set.get("fc.bias").value().copyFrom(new float[] {10, 20, 30});
    Tensor x = Tensor.wrap(new float[] {1, -1}, 1, 2);
    assertThat(layer.apply(tape.constant(x)).value().toArray()).containsExactly(9, 19, 29);
    new LinearLayer(set, "w", 2, 3, false);
    assertThat(set.parameters()).hasSize(3);
  }

  @Test
  void layerNorm() {
    LayerNormLayer layer = new LayerNormLayer(set, "ln", 2, 1e-5f);
    assertThat(set.get("ln.weight").value().toArray()).containsOnly(1f);
    assertThat(set.get("ln.bias").value().toArray()).containsOnly(0f);
    set.get("ln.weight").value().copyFrom(new float[] {2, 3});
    set.get("ln.bias").value().copyFrom(new float[] {1, -1});
    double normal = 1 / Math.sqrt(1 + 1e-5);
    Tensor x = Tensor.wrap(new float[] {5, 3}, 1, 2); // mean 4, variance 1
    GradientCheck.assertClose(
        "y", new double[] {2 * normal + 1, -3 * normal - 1}, layer.apply(tape.constant(x)).value());
    Tensor rest = Tensor.wrap(new float[] {-4, 0}, 1, 2); // x + rest: mean 2, variance 1
    GradientCheck.assertClose(
        "y with residual and ReLU",
        new double[] {0, 3 * normal - 1},
        layer.apply(tape.constant(x), tape.constant(rest), true).value());
  }

  @Test
  void preluStartsFromAQuarter() {
    PReluLayer layer = new PReluLayer(set, "act");
    assertThat(set.parameters()).extracting(Parameter::toString).containsExactly("act.weight[1]");
    tape.startTraining(new Rng(1));
    Tensor x = Tensor.wrap(new float[] {-8, 4}, 1, 2);
    var y = layer.apply(tape.constant(x));
    assertThat(y.value().toArray()).containsExactly(-2, 4);
    tape.backward(RowSum.apply(y));
    assertThat(set.get("act.weight").gradient().toArray()).containsExactly(-8);
  }
}

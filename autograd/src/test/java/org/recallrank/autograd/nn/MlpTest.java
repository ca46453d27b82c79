package org.recallrank.autograd.nn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.recallrank.autograd.GradientCheck;
import org.recallrank.autograd.HostBackends;
import org.recallrank.autograd.Parameter;
import org.recallrank.autograd.Tape;
import org.recallrank.kernels.Kernels;
import org.recallrank.tensor.Rng;
import org.recallrank.tensor.Tensor;

class MlpTest {
  private final ParameterSet set = new ParameterSet(new Rng(6));

  private List<String> names() {
    return set.parameters().stream().map(Parameter::toString).toList();
  }

  // FuxiCTR's MLP_Block numbers Linear, BatchNorm, activation and Dropout as they follow each
  // other.

  @Test
  void plainNames() {
    Mlp mlp = new Mlp(set, "mlp", 6, List.of(4, 3), false, 0, 1);
    assertThat(names())
        .containsExactly(
            "mlp.0.weight[4, 6]",
            "mlp.0.bias[4]",
            "mlp.2.weight[3, 4]",
            "mlp.2.bias[3]",
            "mlp.4.weight[1, 3]",
            "mlp.4.bias[1]");
    assertThat(mlp.outWidth()).isEqualTo(1);
  }

  @Test
  void namesWithBatchNormalisation() {
    Mlp mlp = new Mlp(set, "mlp", 6, List.of(4, 3), true, 0, 0);
    assertThat(names())
        .containsExactly(
            "mlp.0.weight[4, 6]",
            "mlp.0.bias[4]",
            "mlp.1.weight[4]",
            "mlp.1.bias[4]",
            "mlp.3.weight[3, 4]",
            "mlp.3.bias[3]",
            "mlp.4.weight[3]",
            "mlp.4.bias[3]");
    assertThat(set.buffers())
        .containsOnlyKeys(
            "mlp.1.running_mean", "mlp.1.running_var", "mlp.4.running_mean", "mlp.4.running_var");
    assertThat(set.counters())
        .containsOnlyKeys("mlp.1.num_batches_tracked", "mlp.4.num_batches_tracked");
    assertThat(mlp.outWidth()).isEqualTo(3);
  }

  @Test
  void namesWithDropout() {
    new Mlp(set, "mlp", 6, List.of(4, 3), false, 0.1, 1);
    assertThat(names())
        .containsExactly(
            "mlp.0.weight[4, 6]",
            "mlp.0.bias[4]",
            "mlp.3.weight[3, 4]",
            "mlp.3.bias[3]",
            "mlp.6.weight[1, 3]",
            "mlp.6.bias[1]");
  }

  @Test
  void namesWithBoth() {
    new Mlp(set, "mlp", 6, List.of(4, 3), true, 0.1, 1);
    assertThat(names())
        .contains("mlp.0.weight[4, 6]", "mlp.1.weight[4]", "mlp.4.weight[3, 4]", "mlp.5.weight[3]")
        .endsWith("mlp.8.weight[1, 3]", "mlp.8.bias[1]")
        .hasSize(10);
  }

  @Test
  void withoutHiddenLayersItIsLinear() {
    Mlp mlp = new Mlp(set, "mlp", 6, List.of(), false, 0, 2);
    assertThat(names()).containsExactly("mlp.0.weight[2, 6]", "mlp.0.bias[2]");
    assertThat(mlp.outWidth()).isEqualTo(2);
  }

  /** Linear, ReLU, Linear in double. */
  @Test
  void computesItsLayers() {
    Mlp mlp = new Mlp(set, "mlp", 3, List.of(4), false, 0, 2);
    set.get("mlp.0.bias").value().copyFrom(new float[] {0.5f, -0.5f, 1, 0});
    set.get("mlp.2.bias").value().copyFrom(new float[] {0.25f, -1});
    Tensor x = GradientCheck.values(7, 5, 3);
    double[] expected = new double[10];
    for (int i = 0; i < 5; i++) {
      double[] row = {x.get(i * 3), x.get(i * 3 + 1), x.get(i * 3 + 2)};
      double[] hidden = linear(row, "mlp.0", 4);
      for (int h = 0; h < 4; h++) {
        hidden[h] = Math.max(hidden[h], 0);
      }
      System.arraycopy(linear(hidden, "mlp.2", 2), 0, expected, i * 2, 2);
    }
    for (Kernels kernels : HostBackends.all()) {
      Tape tape = new Tape(kernels);
      GradientCheck.assertClose(kernels.name(), expected, mlp.apply(tape.constant(x)).value());
    }
  }

  private double[] linear(double[] x, String name, int out) {
    Tensor w = set.get(name + ".weight").value();
    double[] y = new double[out];
    for (int o = 0; o < out; o++) {
      y[o] = set.get(name + ".bias").value().get(o);
      for (int k = 0; k < x.length; k++) {
        y[o] += w.get(o * x.length + k) * x[k];
      }
    }
    return y;
  }

  @Test
  void dropsInTrainingOnly() {
    Mlp mlp = new Mlp(set, "mlp", 3, List.of(50), false, 0.5, 0);
    Tensor x = GradientCheck.values(8, 1, 3);
    Tape tape = new Tape(HostBackends.scalar());
    tape.startEvaluation();
    float[] evaluated = mlp.apply(tape.constant(x)).value().toArray();
    tape.startTraining(new Rng(1));
    float[] trained = mlp.apply(tape.constant(x)).value().toArray();
    int dropped = 0;
    for (int i = 0; i < 50; i++) {
      if (evaluated[i] > 0 && trained[i] == 0) {
        dropped++;
      } else {
        assertThat(trained[i]).isEqualTo(2 * evaluated[i]);
      }
    }
    assertThat(dropped).isPositive();
  }
}

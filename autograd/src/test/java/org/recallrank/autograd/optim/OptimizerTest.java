package org.recallrank.autograd.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.recallrank.autograd.GradientCheck;
import org.recallrank.autograd.HostBackends;
import org.recallrank.autograd.Parameter;
import org.recallrank.autograd.optim.Optimizer.Regularizer;
import org.recallrank.kernels.Kernels;
import org.recallrank.tensor.Tensor;

class OptimizerTest {
  private final Kernels kernels = HostBackends.scalar();
  private Parameter table;
  private Parameter dense;

  @BeforeEach
  void start() {
    table = GradientCheck.table(1, 4, 2);
    dense = Parameter.dense("dense", Parameter.Group.NETWORK, GradientCheck.values(2, 3));
  }

  private Adam adam(Regularizer regularizer, double maxNorm) {
    return new Adam(kernels, List.of(table, dense), regularizer, 0.01, maxNorm, Adam.Tables.DENSE);
  }

  private void give(float scale) {
    Gradients.give(kernels, table, new int[] {2, 1}, scale, -scale, 2 * scale, scale);
    Gradients.give(dense, scale, 3 * scale, -scale);
  }

  /** The gradient is clipped as a whole: one tenth of it gives the same step as all of it. */
  @Test
  void clipsToTheMaximalNorm() {
    give(1000);
    Sgd sgd = new Sgd(kernels, List.of(table, dense), Regularizer.NONE, 1, 0.5);
    float[] before = dense.value().toArray();
    Optimizer.Step step = sgd.step();
    double norm = 1000 * Math.sqrt(1 + 1 + 4 + 1 + 1 + 9 + 1);
    assertThat(step.gradientNorm()).isCloseTo(norm, within(1e-6 * norm));
    float[] gradient = {1000, 3000, -1000};
    for (int i = 0; i < 3; i++) {
      assertThat((double) before[i] - dense.value().get(i))
          .isCloseTo(gradient[i] * 0.5 / norm, within(2e-7));
    }
  }

  @Test
  void totalGradientAddsTheRegulariser() {
    give(1);
    Optimizer optimizer = adam(new Regularizer(0.5, 2), 10);
    float[] rows = optimizer.totalGradient(table);
    float[] data = {0, 0, 2, 1, 1, -1, 0, 0};
    for (int i = 0; i < 8; i++) {
      assertThat(rows[i]).isCloseTo(data[i] + 0.5f * table.value().get(i), within(1e-6f));
    }
    float[] total = optimizer.totalGradient(dense);
    float[] own = {1, 3, -1};
    for (int i = 0; i < 3; i++) {
      assertThat(total[i]).isCloseTo(own[i] + 2 * dense.value().get(i), within(1e-6f));
    }
    assertThat(table.hasGradient() && dense.hasGradient()).isTrue();
  }

  /** The norm of the weights is remembered from the last update, unless someone has written. */
  @Test
  void seesThatWeightsWereReplaced() {
    Optimizer optimizer = adam(new Regularizer(1, 1), 10);
    give(1);
    optimizer.step();
    table.value().fill(0);
    table.touch();
    dense.value().copyFrom(new float[] {3, 0, 4});
    dense.touch();
    give(1);
    assertThat(optimizer.step().regularization()).isEqualTo(12.5);
  }

  @Test
  void aGradientThatIsNotFiniteIsNamedAndChangesNothing() {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      for (boolean inTable : new boolean[] {true, false}) {
        start();
        Optimizer optimizer = adam(new Regularizer(0.1, 0.1), 10);
        give(1);
        optimizer.step();
        float[] rows = table.value().toArray();
        float[] values = dense.value().toArray();
        give(1);
        if (inTable) {
          Gradients.give(kernels, table, new int[] {3}, 0, bad);
        } else {
          Gradients.give(dense, 0, 0, bad);
        }
        assertThatThrownBy(optimizer::step)
            .isInstanceOf(ArithmeticException.class)
            .hasMessageContaining(inTable ? "table 1" : "dense")
            .hasMessageContaining("not finite");
        assertThat(table.value().toArray()).isEqualTo(rows);
        assertThat(dense.value().toArray()).isEqualTo(values);
        assertThat(optimizer.steps()).isEqualTo(1);

        // The moments are as before too: after a good gradient it agrees with one that saw no bad.
        table.clearGradient();
        dense.clearGradient();
        give(2);
        optimizer.step();
        float[] found = dense.value().toArray();
        float[] foundRows = table.value().toArray();
        start();
        Optimizer twin = adam(new Regularizer(0.1, 0.1), 10);
        give(1);
        twin.step();
        give(2);
        twin.step();
        assertThat(found).isEqualTo(dense.value().toArray());
        assertThat(foundRows).isEqualTo(table.value().toArray());
      }
    }
  }

  @Test
  void aWeightThatIsNotFiniteIsNamed() {
    dense.value().set(1, Float.NaN);
    give(1);
    assertThatThrownBy(() -> adam(new Regularizer(0.1, 0.1), 10).step())
        .isInstanceOf(ArithmeticException.class)
        .hasMessageContaining("dense (its value)");
  }

  @Test
  void aStepTouchesTheVersion() {
    long before = table.version();
    give(1);
    adam(Regularizer.NONE, 10).step();
    assertThat(table.version()).isGreaterThan(before);
  }

  @Test
  void aParameterMayBeAView() {
    Tensor larger = Tensor.zeros(6);
    larger.fill(7);
    Parameter view = Parameter.dense("view", Parameter.Group.NETWORK, larger.view(2, 3));
    Gradients.give(view, 1, 2, 3);
    new Sgd(kernels, List.of(view), Regularizer.NONE, 1, 100).step();
    assertThat(larger.toArray()).containsExactly(7, 7, 6, 5, 4, 7);
  }

  @Test
  void wrongSettingsAreErrors() {
    for (double bad : new double[] {0, -1, Double.NaN}) {
      assertThatThrownBy(() -> new Sgd(kernels, List.of(dense), Regularizer.NONE, bad, 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("learning rate");
      assertThatThrownBy(() -> new Sgd(kernels, List.of(dense), Regularizer.NONE, 1, bad))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("gradient norm");
    }
    assertThatThrownBy(() -> new Regularizer(-1, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("-1");
    assertThatThrownBy(() -> new Regularizer(0, Double.NaN))
        .isInstanceOf(IllegalArgumentException.class);
  }
}

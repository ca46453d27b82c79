package org.recallrank.autograd.optim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.recallrank.autograd.GradientCheck;
import org.recallrank.autograd.HostBackends;
import org.recallrank.autograd.Parameter;
import org.recallrank.autograd.optim.Adam.Tables;
import org.recallrank.autograd.optim.Optimizer.Regularizer;
import org.recallrank.kernels.Kernels;

class AdamTest {
  private static final int DIM = 3;

  @Test
  void denseTablesAgainstDoublePrecision() {
    OptimizerSteps.compare(
        PlainOptimizer.Rule.ADAM,
        false,
        (k, p, r, lr, norm) -> new Adam(k, p, r, lr, norm, Tables.DENSE));
  }

  @Test
  void lazyTablesAgainstDoublePrecision() {
    OptimizerSteps.compare(
        PlainOptimizer.Rule.ADAM,
        true,
        (k, p, r, lr, norm) -> new Adam(k, p, r, lr, norm, Tables.LAZY));
  }

  private static float[] row(Parameter table, int row) {
    return Arrays.copyOfRange(table.value().toArray(), row * DIM, row * DIM + DIM);
  }

  /** A step that touches row 1, then one that touches row 2. */
  private static float[][] moved(Tables tables, double lambda, Kernels kernels) {
    Parameter table = GradientCheck.table(1, 5, DIM);
    Adam adam = new Adam(kernels, List.of(table), new Regularizer(lambda, 0), 0.01, 10, tables);
    float[] third = row(table, 3);
    Gradients.give(kernels, table, new int[] {1}, 1, -1, 2);
    adam.step();
    float[] first = row(table, 1);
    Gradients.give(kernels, table, new int[] {2}, 1, -1, 2);
    adam.step();
    return new float[][] {
      difference(row(table, 1), first), difference(row(table, 3), third), row(table, 0)
    };
  }

  private static float[] difference(float[] a, float[] b) {
    float[] d = new float[a.length];
    for (int i = 0; i < d.length; i++) {
      d[i] = a[i] - b[i];
    }
    return d;
  }

  @Test
  void untouchedRowsOfADenseTableMoveByMomentumAndRegulariser() {
    for (Kernels kernels : HostBackends.all()) {
      float[][] free = moved(Tables.DENSE, 0, kernels);
      assertThat(free[0][0]).isNegative();
      assertThat(free[0][1]).isPositive();
      assertThat(free[0][2]).isNegative();
      assertThat(free[1]).containsExactly(0, 0, 0); // no momentum, no regulariser
      float[][] regularised = moved(Tables.DENSE, 0.1, kernels);
      for (int j = 0; j < DIM; j++) {
        assertThat(regularised[1][j]).isNotZero();
      }
      assertThat(regularised[2]).as("the padding row").containsExactly(0, 0, 0);
    }
  }

  @Test
  void untouchedRowsOfALazyTableStay() {
    for (Kernels kernels : HostBackends.all()) {
      float[][] moved = moved(Tables.LAZY, 0.1, kernels);
      assertThat(moved[0]).containsExactly(0, 0, 0);
      assertThat(moved[1]).containsExactly(0, 0, 0);
    }
  }
}

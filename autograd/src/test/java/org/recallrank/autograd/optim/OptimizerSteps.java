package org.recallrank.autograd.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.recallrank.autograd.GradientCheck;
import org.recallrank.autograd.HostBackends;
import org.recallrank.autograd.Parameter;
import org.recallrank.autograd.optim.Optimizer.Regularizer;
import org.recallrank.kernels.Kernels;
import org.recallrank.tensor.Rng;

/**
 * Several steps of an optimizer beside the {@link PlainOptimizer}: a table, a dense parameter, one
 * that is never regularised and one that never gets a gradient; some steps clipped, some not.
 */
final class OptimizerSteps {
  private static final int STEPS = 12;
  private static final int ROWS = 7;
  private static final int DIM = 3;
  private static final double MAX_NORM = 3;
  private static final double LEARNING_RATE = 0.01;

  /** Builds the optimizer under test. */
  @FunctionalInterface
  interface Factory {
    Optimizer create(
        Kernels kernels,
        List<Parameter> parameters,
        Regularizer regularizer,
        double learningRate,
        double maxGradientNorm);
  }

  private OptimizerSteps() {}

  static void compare(PlainOptimizer.Rule rule, boolean lazyTables, Factory factory) {
    for (Kernels kernels : HostBackends.all()) {
      compare(kernels, rule, lazyTables, factory, new Regularizer(0.3, 0.2));
      compare(kernels, rule, lazyTables, factory, Regularizer.NONE);
    }
  }

  private static void compare(
      Kernels kernels,
      PlainOptimizer.Rule rule,
      boolean lazyTables,
      Factory factory,
      Regularizer regularizer) {
    Parameter table = GradientCheck.table(1, ROWS, DIM);
    Parameter dense = Parameter.dense("dense", Parameter.Group.NETWORK, GradientCheck.values(2, 5));
    Parameter free =
        Parameter.dense("free", Parameter.Group.UNREGULARIZED, GradientCheck.values(3, 2));
    Parameter unused =
        Parameter.dense("unused", Parameter.Group.NETWORK, GradientCheck.values(4, 4));
    List<Parameter> parameters = List.of(table, dense, free, unused);
    Optimizer optimizer = factory.create(kernels, parameters, regularizer, LEARNING_RATE, MAX_NORM);
    PlainOptimizer plain = new PlainOptimizer(rule, LEARNING_RATE, MAX_NORM);
    List<PlainOptimizer.Weights> weights =
        List.of(
            plain.add(table.value().toArray(), DIM, regularizer.embedding(), lazyTables),
            plain.add(dense.value().toArray(), 1, regularizer.network(), false),
            plain.add(free.value().toArray(), 1, 0, false),
            plain.add(unused.value().toArray(), 1, regularizer.network(), false));
    Rng rng = new Rng(5);
    int clipped = 0;
    for (int step = 0; step < STEPS; step++) {
      float size = step % 3 == 0 ? 3 : 0.2f;
      int[] ids = {1 + rng.nextInt(ROWS - 2), 1 + rng.nextInt(ROWS - 2), 0};
      float[] tableGradient = values(rng, ids.length * DIM, size);
      float[] denseGradient = values(rng, 5, size);
      float[] freeGradient = values(rng, 2, size);
      Gradients.give(kernels, table, ids, tableGradient);
      Gradients.give(dense, denseGradient);
      Gradients.give(free, freeGradient);
      unused.gradient().fill(Float.NaN); // left over: nothing has flowed back
      double[] full = new double[ROWS * DIM];
      boolean[] touched = new boolean[ROWS];
      for (int i = 0; i < ids.length; i++) {
        for (int j = 0; j < DIM && ids[i] != 0; j++) {
          full[ids[i] * DIM + j] += tableGradient[i * DIM + j];
          touched[ids[i]] = true;
        }
      }
      if (step == 6) { // as the schedule does
        optimizer.setLearningRate(LEARNING_RATE / 10);
        plain.learningRate = LEARNING_RATE / 10;
      }
      plain.step(
          new double[][] {full, doubles(denseGradient), doubles(freeGradient), new double[4]},
          new boolean[][] {touched, new boolean[5], new boolean[2], new boolean[4]});
      Optimizer.Step report = optimizer.step();
      String what = kernels.name() + ", step " + step;
      assertThat(report.gradientNorm()).as(what).isCloseTo(plain.norm, within(2e-6 * plain.norm));
      assertThat(report.regularization())
          .as(what)
          .isCloseTo(plain.regularization, within(2e-6 * plain.regularization));
      for (int p = 0; p < parameters.size(); p++) {
        assertThat(parameters.get(p).hasGradient()).as(what).isFalse();
        GradientCheck.assertClose(
            what + ", " + parameters.get(p), weights.get(p).w(), parameters.get(p).value());
      }
      clipped += plain.norm > MAX_NORM ? 1 : 0;
    }
    assertThat(clipped).as("steps that were clipped").isBetween(1, STEPS - 1);
    assertThat(optimizer.steps()).isEqualTo(STEPS);
  }

  private static float[] values(Rng rng, int n, float size) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) (size * (0.5 + rng.nextDouble()) * (rng.nextInt(2) == 0 ? 1 : -1));
    }
    return values;
  }

  private static double[] doubles(float[] values) {
    double[] doubles = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      doubles[i] = values[i];
    }
    return doubles;
  }
}

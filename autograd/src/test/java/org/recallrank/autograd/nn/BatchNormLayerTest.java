package org.recallrank.autograd.nn;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.recallrank.autograd.GradientCheck;
import org.recallrank.autograd.HostBackends;
import org.recallrank.autograd.Tape;
import org.recallrank.kernels.Kernels;
import org.recallrank.tensor.Rng;
import org.recallrank.tensor.Tensor;

class BatchNormLayerTest {
  private static final int COLS = 3;

  private ParameterSet set = new ParameterSet(new Rng(1));
  private BatchNormLayer layer = new BatchNormLayer(set, "bn", COLS);

  private static double mean(Tensor x, int column) {
    double sum = 0;
    for (int i = 0; i < x.rows(); i++) {
      sum += x.get(i * COLS + column);
    }
    return sum / x.rows();
  }

  private static double squaredDeviations(Tensor x, int column) {
    double sum = 0;
    for (int i = 0; i < x.rows(); i++) {
      sum += Math.pow(x.get(i * COLS + column) - mean(x, column), 2);
    }
    return sum;
  }

  @Test
  void startsAsPyTorchDoes() {
    assertThat(set.get("bn.weight").value().toArray()).containsExactly(1, 1, 1);
    assertThat(set.get("bn.bias").value().toArray()).containsExactly(0, 0, 0);
    assertThat(set.buffers().get("bn.running_mean").toArray()).containsExactly(0, 0, 0);
    assertThat(set.buffers().get("bn.running_var").toArray()).containsExactly(1, 1, 1);
    assertThat(set.counters().get("bn.num_batches_tracked")).containsExactly(0);
  }

  /** Batches of different sizes; the running variance takes the unbiased one of each. */
  @Test
  void runningStatistics() {
    for (Kernels kernels : HostBackends.all()) {
      set = new ParameterSet(new Rng(1));
      layer = new BatchNormLayer(set, "bn", COLS);
      Tape tape = new Tape(kernels);
      double[] means = new double[COLS];
      double[] variances = {1, 1, 1};
      int[] sizes = {8, 5, 2};
      for (int step = 0; step < sizes.length; step++) {
        Tensor x = GradientCheck.values(step, sizes[step], COLS);
        tape.startTraining(new Rng(1));
        layer.apply(tape.constant(x), false, 0);
        for (int j = 0; j < COLS; j++) {
          means[j] = 0.9 * means[j] + 0.1 * mean(x, j);
          variances[j] = 0.9 * variances[j] + 0.1 * squaredDeviations(x, j) / (sizes[step] - 1);
        }
      }
      GradientCheck.assertClose("mean", means, set.buffers().get("bn.running_mean"));
      GradientCheck.assertClose("variance", variances, set.buffers().get("bn.running_var"));
      assertThat(set.counters().get("bn.num_batches_tracked")).containsExactly(3);
    }
  }

  @Test
  void normalisesByTheBatchInTrainingAndByRunningStatisticsInEvaluation() {
    Tensor x = GradientCheck.values(4, 6, COLS);
    set.get("bn.weight").value().copyFrom(new float[] {2, -1, 0.5f});
    set.get("bn.bias").value().copyFrom(new float[] {0, 1, -1});
    set.buffers().get("bn.running_mean").copyFrom(new float[] {1, -1, 0.5f});
    set.buffers().get("bn.running_var").copyFrom(new float[] {4, 0.25f, 2});
    double[] evaluated = new double[18];
    double[] trained = new double[18];
    for (int i = 0; i < 18; i++) {
      int j = i % COLS;
      double gamma = set.get("bn.weight").value().get(j);
      double beta = set.get("bn.bias").value().get(j);
      double running = set.buffers().get("bn.running_mean").get(j);
      double variance = set.buffers().get("bn.running_var").get(j);
      evaluated[i] = gamma * (x.get(i) - running) / Math.sqrt(variance + 1e-5) + beta;
      trained[i] =
          Math.max(
              0,
              gamma * (x.get(i) - mean(x, j)) / Math.sqrt(squaredDeviations(x, j) / 6 + 1e-5)
                  + beta);
    }
    for (Kernels kernels : HostBackends.all()) {
      Tape tape = new Tape(kernels);
      tape.startEvaluation();
      float[] before = set.buffers().get("bn.running_mean").toArray();
      GradientCheck.assertClose(
          "evaluation", evaluated, layer.apply(tape.constant(x), false, 0.5f).value());
      assertThat(set.buffers().get("bn.running_mean").toArray()).isEqualTo(before);
    }
    Tape tape = new Tape(HostBackends.scalar());
    tape.startTraining(new Rng(1));
    GradientCheck.assertClose("training", trained, layer.apply(tape.constant(x), true, 0).value());
  }

  @Test
  void aSingleRowIsNormalisedByTheRunningStatistics() {
    for (Kernels kernels : HostBackends.all()) {
      Tape tape = new Tape(kernels);
      Tensor row = GradientCheck.values(5, 1, COLS);
      tape.startTraining(new Rng(1));
      float[] trained = layer.apply(tape.constant(row), true, 0).value().toArray();
      assertThat(set.counters().get("bn.num_batches_tracked")).containsExactly(0);
      assertThat(set.buffers().get("bn.running_mean").toArray()).containsExactly(0, 0, 0);
      tape.startEvaluation();
      assertThat(layer.apply(tape.constant(row), true, 0).value().toArray()).isEqualTo(trained);
    }
  }
}

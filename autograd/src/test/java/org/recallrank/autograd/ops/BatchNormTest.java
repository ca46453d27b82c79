package org.recallrank.autograd.ops;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.recallrank.autograd.GradientCheck.values;

import org.junit.jupiter.api.Test;
import org.recallrank.autograd.GradientCheck;
import org.recallrank.autograd.HostBackends;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.kernels.CounterHash;
import org.recallrank.kernels.Vec;
import org.recallrank.tensor.Rng;
import org.recallrank.tensor.Tensor;

class BatchNormTest {
  private static final int ROWS = 6;
  private static final int COLS = 3;
  private static final float EPSILON = 1e-5f;

  /** A seed for which no normalised value comes near the kink of the ReLU. */
  private final Tensor x = values(21, ROWS, COLS);

  private final Tensor gamma = values(22, COLS);
  private final Tensor beta = values(23, COLS);

  /** With the statistics of x itself, as the layer does in training. */
  private static Variable apply(Variable[] in, boolean relu, float dropout) {
    Vec mean = Vec.of(new float[COLS]);
    Vec variance = Vec.of(new float[COLS]);
    var norm = new BatchNorm.Norm(in[1], in[2], mean, variance, true, EPSILON, () -> {});
    return BatchNorm.apply(in[0], norm, relu, dropout);
  }

  private double[] expected(boolean relu, float dropout) {
    long seed = new Rng(GradientCheck.SEED).nextLong();
    double[] y = new double[ROWS * COLS];
    for (int j = 0; j < COLS; j++) {
      double mean = 0;
      double variance = 0;
      for (int i = 0; i < ROWS; i++) {
        mean += x.get(i * COLS + j) / (double) ROWS;
      }
      for (int i = 0; i < ROWS; i++) {
        variance += Math.pow(x.get(i * COLS + j) - mean, 2) / ROWS;
      }
      for (int i = 0; i < ROWS; i++) {
        int at = i * COLS + j;
        double normal = (x.get(at) - mean) / Math.sqrt(variance + EPSILON);
        double v = gamma.get(j) * normal + beta.get(j);
        v = relu ? Math.max(v, 0) : v;
        y[at] = dropout == 0 ? v : CounterHash.keep(seed, at, dropout) ? v / (1 - dropout) : 0;
      }
    }
    return y;
  }

  @Test
  void normalises() {
    GradientCheck.of(x, gamma, beta).run(expected(false, 0), in -> apply(in, false, 0));
  }

  @Test
  void withReluBehind() {
    GradientCheck.of(x, gamma, beta).run(expected(true, 0), in -> apply(in, true, 0));
  }

  @Test
  void withReluAndDropoutBehind() {
    GradientCheck.of(x, gamma, beta).run(expected(true, 0.4f), in -> apply(in, true, 0.4f));
  }

  @Test
  void withGivenStatisticsInEvaluation() {
    float[] mean = {0.5f, -1, 0};
    float[] variance = {4, 0.25f, 1};
    double[] expected = new double[ROWS * COLS];
    for (int i = 0; i < expected.length; i++) {
      int j = i % COLS;
      double normal = (x.get(i) - mean[j]) / Math.sqrt(variance[j] + EPSILON);
      expected[i] = gamma.get(j) * normal + beta.get(j);
    }
    HostBackends.all()
        .forEach(
            kernels -> {
              Tape tape = new Tape(kernels);
              tape.startEvaluation();
              Variable y =
                  BatchNorm.apply(
                      tape.constant(x),
                      BatchNorm.Norm.given(
                          tape.constant(gamma),
                          tape.constant(beta),
                          Vec.of(mean),
                          Vec.of(variance),
                          EPSILON),
                      false,
                      0);
              GradientCheck.assertClose(kernels.name(), expected, y.value());
            });
  }

  /** The statistics given are constants, as a single row has none of its own. */
  @Test
  void aSingleRowInTraining() {
    Tensor row = values(24, 1, COLS);
    float[] mean = {0.5f, -1, 0};
    float[] variance = {4, 0.25f, 1};
    for (boolean relu : new boolean[] {false, true}) {
      double[] expected = new double[COLS];
      for (int j = 0; j < COLS; j++) {
        double normal = (row.get(j) - mean[j]) / Math.sqrt(variance[j] + EPSILON);
        double y = gamma.get(j) * normal + beta.get(j);
        expected[j] = relu ? Math.max(0, y) : y;
      }
      GradientCheck.of(row, gamma, beta)
          .run(
              expected,
              in ->
                  BatchNorm.apply(
                      in[0],
                      BatchNorm.Norm.given(in[1], in[2], Vec.of(mean), Vec.of(variance), EPSILON),
                      relu,
                      0));
    }
  }

  @Test
  void gammaOfAnotherLengthIsAnError() {
    Tape tape = new Tape(HostBackends.scalar());
    Variable gamma4 = tape.constant(Tensor.zeros(4));
    Variable beta3 = tape.constant(beta);
    assertThatThrownBy(() -> apply(new Variable[] {tape.constant(x), gamma4, beta3}, false, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("gamma needs 3 elements");
  }
}

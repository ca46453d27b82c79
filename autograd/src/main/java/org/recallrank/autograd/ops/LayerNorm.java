package org.recallrank.autograd.ops;

import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.kernels.Workers;
import org.recallrank.tensor.Tensor;

/**
 * y = gamma * (x - mean) / sqrt(variance + epsilon) + beta over the last axis, variance biased (Ba
 * et al. 2016).
 */
public final class LayerNorm {
  /** Elements per chunk. */
  private static final int GRAIN = 1 << 14;

  private LayerNorm() {}

  public static Variable apply(
      Tape tape, Variable x, Variable gamma, Variable beta, float epsilon) {
    int rows = x.value().rows();
    int cols = x.value().cols();
    Checks.size("layer norm", "gamma", gamma, cols);
    Checks.size("layer norm", "beta", beta, cols);
    Variable y =
        tape.output(
            x.needsGradient() || gamma.needsGradient() || beta.needsGradient(),
            x.shape().toArray());
    Tensor xv = x.value();
    Tensor yv = y.value();
    Tensor normal = tape.allocate(rows, cols);
    Tensor invStd = tape.allocate(rows);
    int grain = Math.max(1, GRAIN / cols);
    var workers = tape.kernels().workers();
    workers.forRanges(
        rows,
        grain,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            normalise(xv, gamma.value(), beta.value(), epsilon, i, cols, normal, invStd, yv);
          }
        });
    tape.record(
        y,
        () -> {
          Tensor dy = y.gradient();
          scaleGradients(tape, dy, normal, gamma, beta, rows, cols, grain);
          if (x.needsGradient()) {
            boolean add = x.startGradient();
            Tensor dx = x.gradient();
            workers.forRanges(
                rows,
                grain,
                (from, to) -> {
                  for (int i = from; i < to; i++) {
                    inputGradient(
                        dy, gamma.value(), normal, invStd.get(i), i * cols, cols, dx, add);
                  }
                });
          }
        });
    return y;
  }

  private static void normalise(
      Tensor x,
      Tensor gamma,
      Tensor beta,
      float epsilon,
      int row,
      int cols,
      Tensor normal,
      Tensor invStd,
      Tensor y) {
    int at = row * cols;
    double sum = 0;
    double squares = 0;
    for (int j = 0; j < cols; j++) {
      sum += x.get(at + j);
    }
    double mean = sum / cols;
    for (int j = 0; j < cols; j++) {
      double c = x.get(at + j) - mean;
      squares += c * c;
    }
    double inv = 1 / Math.sqrt(squares / cols + epsilon);
    invStd.set(row, (float) inv);
    for (int j = 0; j < cols; j++) {
      float n = (float) ((x.get(at + j) - mean) * inv);
      normal.set(at + j, n);
      y.set(at + j, gamma.get(j) * n + beta.get(j));
    }
  }

  /** The sums over the rows for gamma and beta, chunk by chunk and added in the chunks' order. */
  private static void scaleGradients(
      Tape tape,
      Tensor dy,
      Tensor normal,
      Variable gamma,
      Variable beta,
      int rows,
      int cols,
      int grain) {
    int chunks = Math.max(1, Workers.chunks(rows, grain));
    double[] sums = new double[chunks * 2 * cols];
    tape.kernels()
        .workers()
        .forRanges(
            rows,
            grain,
            (from, to) -> {
              int at = from / grain * 2 * cols;
              for (int i = from; i < to; i++) {
                for (int j = 0; j < cols; j++) {
                  float g = dy.get(i * cols + j);
                  sums[at + j] += g * normal.get(i * cols + j);
                  sums[at + cols + j] += g;
                }
              }
            });
    for (int c = 1; c < chunks; c++) {
      for (int j = 0; j < 2 * cols; j++) {
        sums[j] += sums[c * 2 * cols + j];
      }
    }
    Tensor dGamma = gamma.gradientToAddTo();
    Tensor dBeta = beta.gradientToAddTo();
    for (int j = 0; j < cols; j++) {
      dGamma.set(j, dGamma.get(j) + (float) sums[j]);
      dBeta.set(j, dBeta.get(j) + (float) sums[cols + j]);
    }
  }

  /** With g = dy * gamma: dx = invStd * (g - mean(g) - normal * mean(g * normal)). */
  private static void inputGradient(
      Tensor dy,
      Tensor gamma,
      Tensor normal,
      float invStd,
      int from,
      int cols,
      Tensor dx,
      boolean add) {
    double sum = 0;
    double dot = 0;
    for (int j = 0; j < cols; j++) {
      double g = (double) dy.get(from + j) * gamma.get(j);
      sum += g;
      dot += g * normal.get(from + j);
    }
    for (int j = 0; j < cols; j++) {
      double g = (double) dy.get(from + j) * gamma.get(j);
      float value = (float) (invStd * (g - (sum + normal.get(from + j) * dot) / cols));
      dx.set(from + j, add ? dx.get(from + j) + value : value);
    }
  }
}

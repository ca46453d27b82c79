package org.recallrank.autograd.ops;

import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.tensor.Tensor;

/**
 * y = gamma * (x - mean) / sqrt(variance + epsilon) + beta over the last axis, variance biased (Ba
 * et al. 2016).
 */
public final class LayerNorm {
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
    Tensor normal = tape.allocate(rows, cols);
    Tensor invStd = tape.allocate(rows);
    for (int i = 0; i < rows; i++) {
      double sum = 0;
      double squares = 0;
      for (int j = 0; j < cols; j++) {
        sum += xv.get(i * cols + j);
      }
      double mean = sum / cols;
      for (int j = 0; j < cols; j++) {
        double c = xv.get(i * cols + j) - mean;
        squares += c * c;
      }
      double inv = 1 / Math.sqrt(squares / cols + epsilon);
      invStd.set(i, (float) inv);
      for (int j = 0; j < cols; j++) {
        float n = (float) ((xv.get(i * cols + j) - mean) * inv);
        normal.set(i * cols + j, n);
        y.value().set(i * cols + j, gamma.value().get(j) * n + beta.value().get(j));
      }
    }
    tape.record(
        y,
        () -> {
          Tensor dy = y.gradient();
          if (!gamma.startGradient()) {
            gamma.gradient().fill(0);
          }
          if (!beta.startGradient()) {
            beta.gradient().fill(0);
          }
          for (int i = 0; i < rows; i++) {
            for (int j = 0; j < cols; j++) {
              float g = dy.get(i * cols + j);
              gamma.gradient().set(j, gamma.gradient().get(j) + g * normal.get(i * cols + j));
              beta.gradient().set(j, beta.gradient().get(j) + g);
            }
          }
          if (x.needsGradient()) {
            boolean add = x.startGradient();
            for (int i = 0; i < rows; i++) {
              inputGradient(
                  dy, gamma.value(), normal, invStd.get(i), i * cols, cols, x.gradient(), add);
            }
          }
        });
    return y;
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

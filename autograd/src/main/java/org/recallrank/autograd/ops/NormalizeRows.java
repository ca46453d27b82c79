package org.recallrank.autograd.ops;

import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.tensor.Tensor;

/**
 * Rows of Euclidean length 1: y_i = x_i / max(|x_i|, 1e-12). The gradient is (dy_i - (dy_i . y_i)
 * y_i) / |x_i|.
 */
public final class NormalizeRows {
  private NormalizeRows() {}

  public static Variable apply(Variable x) {
    Tape tape = x.tape();
    int rows = x.value().rows();
    int cols = x.value().cols();
    Variable y = tape.output(x.needsGradient(), rows, cols);
    Tensor xv = x.value();
    Tensor yv = y.value();
    Tensor inverse = tape.allocate(rows);
    for (int i = 0; i < rows; i++) {
      double squares = 0;
      for (int j = 0; j < cols; j++) {
        float v = xv.get(i * cols + j);
        squares += (double) v * v;
      }
      float inv = (float) (1 / Math.max(Math.sqrt(squares), 1e-12));
      inverse.set(i, inv);
      for (int j = 0; j < cols; j++) {
        yv.set(i * cols + j, xv.get(i * cols + j) * inv);
      }
    }
    tape.record(
        y,
        () -> {
          boolean add = x.startGradient();
          Tensor dy = y.gradient();
          Tensor dx = x.gradient();
          for (int i = 0; i < rows; i++) {
            double dot = 0;
            for (int j = 0; j < cols; j++) {
              dot += (double) dy.get(i * cols + j) * yv.get(i * cols + j);
            }
            for (int j = 0; j < cols; j++) {
              int at = i * cols + j;
              float g = (float) ((dy.get(at) - dot * yv.get(at)) * inverse.get(i));
              dx.set(at, add ? dx.get(at) + g : g);
            }
          }
        });
    return y;
  }
}

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

  /** Of x [rows, cols]; leading axes are flattened. */
  public static Variable apply(Variable x) {
    Tape tape = x.tape();
    int rows = x.value().rows();
    int cols = x.value().cols();
    Variable y = tape.output(x.needsGradient(), rows, cols);
    Tensor xv = x.value();
    Tensor yv = y.value();
    Tensor inverse = tape.allocate(rows);
    tape.forward(
        () -> {
          for (int i = 0; i < rows; i++) {
            double length = Math.sqrt(dotOfRows(xv, xv, i));
            inverse.set(i, (float) (1 / Math.max(length, 1e-12)));
            for (int at = i * cols; at < (i + 1) * cols; at++) {
              yv.set(at, xv.get(at) * inverse.get(i));
            }
          }
        });
    tape.record(
        y,
        () -> {
          boolean add = x.startGradient();
          Tensor dy = y.gradient();
          Tensor dx = x.gradient();
          for (int i = 0; i < rows; i++) {
            double dot = dotOfRows(dy, yv, i);
            for (int at = i * cols; at < (i + 1) * cols; at++) {
              dx.put(at, (float) ((dy.get(at) - dot * yv.get(at)) * inverse.get(i)), add);
            }
          }
        });
    return y;
  }

  private static double dotOfRows(Tensor x, Tensor y, int row) {
    double dot = 0;
    for (int at = row * x.cols(); at < (row + 1) * x.cols(); at++) {
      dot += (double) x.get(at) * y.get(at);
    }
    return dot;
  }
}

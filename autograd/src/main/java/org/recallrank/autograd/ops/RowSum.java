package org.recallrank.autograd.ops;

import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.tensor.Tensor;

/** y_i = sum of row i: [rows, cols] to [rows, 1]. */
public final class RowSum {
  private RowSum() {}

  /** Of x [rows, cols]; leading axes are flattened. */
  public static Variable apply(Variable x) {
    Tape tape = x.tape();
    int rows = x.value().rows();
    int cols = x.value().cols();
    Variable y = tape.output(x.needsGradient(), rows, 1);
    Tensor xv = x.value();
    Tensor yv = y.value();
    tape.forward(
        () -> {
          for (int i = 0; i < rows; i++) {
            float sum = 0;
            for (int j = 0; j < cols; j++) {
              sum += xv.get(i * cols + j);
            }
            yv.set(i, sum);
          }
        });
    tape.record(
        y,
        () -> {
          boolean add = x.startGradient();
          Tensor dx = x.gradient();
          for (int i = 0; i < rows; i++) {
            float g = y.gradient().get(i);
            for (int j = 0; j < cols; j++) {
              dx.put(i * cols + j, g, add);
            }
          }
        });
    return y;
  }
}

package org.recallrank.autograd.ops;

import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.tensor.Tensor;

/** y[b, f] = x[b, f] * c[b], element by element: every field of a row times the same vector. */
public final class MultiplyFields {
  private MultiplyFields() {}

  /**
   * @param x [rows, fields, d], or the same as a matrix
   * @param c [rows, d]
   * @return the shape of x
   */
  public static Variable apply(Variable x, Variable c) {
    Tape tape = x.tape();
    Tensor xv = x.value();
    Tensor cv = c.value();
    int rows = cv.rows();
    int d = cv.cols();
    int perRow = xv.size() / Math.max(1, rows);
    if (xv.size() != rows * perRow || perRow % d != 0) {
      throw new IllegalArgumentException(
          "multiply fields: x "
              + x.shape()
              + " does not hold fields of width "
              + d
              + " for the "
              + rows
              + " rows of c "
              + c.shape());
    }
    Variable y = tape.output(x.needsGradient() || c.needsGradient(), x.shape());
    for (int i = 0; i < xv.size(); i++) {
      y.value().set(i, xv.get(i) * cv.get(i / perRow * d + i % d));
    }
    tape.record(
        y,
        () -> {
          Tensor dy = y.gradient();
          if (x.needsGradient()) {
            Tensor dx = x.gradientToAddTo();
            for (int i = 0; i < xv.size(); i++) {
              dx.set(i, dx.get(i) + dy.get(i) * cv.get(i / perRow * d + i % d));
            }
          }
          if (c.needsGradient()) {
            Tensor dc = c.gradientToAddTo();
            for (int i = 0; i < xv.size(); i++) {
              int at = i / perRow * d + i % d;
              dc.set(at, dc.get(at) + dy.get(i) * xv.get(i));
            }
          }
        });
    return y;
  }
}

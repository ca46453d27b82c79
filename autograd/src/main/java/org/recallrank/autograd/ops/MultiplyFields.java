package org.recallrank.autograd.ops;

import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.tensor.Tensor;

/** y[b, f] = x[b, f] * c[b], element by element: every field of a row times the same vector. */
public final class MultiplyFields {
  private MultiplyFields() {}

  /**
   * Records the products.
   *
   * @param x [rows, fields, d], or the same as a matrix
   * @param c [rows, d]
   * @return the shape of x
   */
  public static Variable apply(Variable x, Variable c) {
    Tape tape = x.tape();
    Tensor xv = x.value();
    Tensor cv = c.value();
    int d = cv.cols();
    int perRow = xv.size() / Math.max(1, cv.rows());
    if (xv.size() != cv.rows() * perRow || perRow % d != 0) {
      throw new IllegalArgumentException(
          "multiply fields: x %s does not hold fields of width %d for the %d rows of c %s"
              .formatted(x.shape(), d, cv.rows(), c.shape()));
    }
    Variable y = tape.output(x.needsGradient() || c.needsGradient(), x.shape());
    Tensor yv = y.value();
    tape.forward(
        () -> {
          for (int i = 0; i < xv.size(); i++) {
            yv.set(i, xv.get(i) * cv.get(i / perRow * d + i % d));
          }
        });
    tape.record(
        y,
        () -> {
          Tensor dy = y.gradient();
          if (x.needsGradient()) {
            Tensor dx = x.gradientToAddTo();
            for (int i = 0; i < xv.size(); i++) {
              dx.add(i, dy.get(i) * cv.get(i / perRow * d + i % d));
            }
          }
          if (c.needsGradient()) {
            Tensor dc = c.gradientToAddTo();
            for (int i = 0; i < xv.size(); i++) {
              dc.add(i / perRow * d + i % d, dy.get(i) * xv.get(i));
            }
          }
        });
    return y;
  }
}

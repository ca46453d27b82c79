package org.recallrank.autograd.ops;

import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.tensor.Tensor;

/** y_i = x_i + b for each row x_i of x [rows, cols] and one vector b [cols]. */
public final class AddRow {
  private AddRow() {}

  public static Variable apply(Variable x, Variable b) {
    Tape tape = x.tape();
    int rows = x.value().rows();
    int cols = x.value().cols();
    Checks.size("add row", "b", b, cols);
    var math = tape.kernels().math();
    Variable y = tape.output(x.needsGradient() || b.needsGradient(), x.shape());
    Tensor xv = x.value();
    Tensor bv = b.value();
    Tensor yv = y.value();
    for (int i = 0; i < rows; i++) {
      math.add(
          xv.data(),
          xv.offset() + i * cols,
          bv.data(),
          bv.offset(),
          yv.data(),
          yv.offset() + i * cols,
          cols);
    }
    tape.record(
        y,
        () -> {
          Add.pass(math, y, x, 1);
          if (b.needsGradient()) {
            boolean add = b.startGradient();
            Tensor dy = y.gradient();
            Tensor db = b.gradient();
            math.columnSums(dy.data(), dy.offset(), cols, rows, cols, db.data(), db.offset(), add);
          }
        });
    return y;
  }
}

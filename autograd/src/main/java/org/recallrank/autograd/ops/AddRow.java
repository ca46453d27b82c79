package org.recallrank.autograd.ops;

import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.Vec;

/** y_i = x_i + b for each row x_i of x [rows, cols] and one vector b [cols]. */
public final class AddRow {
  private AddRow() {}

  /** Records the sums; the result has the shape of x, whose leading axes may be several. */
  public static Variable apply(Variable x, Variable b) {
    Tape tape = x.tape();
    var math = tape.kernels().math();
    ShapeChecks.size("add row", "b", b, x.value().cols());
    Variable y = tape.output(x.needsGradient() || b.needsGradient(), x.shape());
    Matrix from = x.matrix();
    Matrix to = y.matrix();
    Vec row = b.vec();
    tape.forward(
        () -> {
          for (int i = 0; i < to.rows(); i++) {
            int at = to.at(i, 0);
            math.add(
                from.data(), from.at(i, 0), row.data(), row.offset(), to.data(), at, to.cols());
          }
        });
    tape.record(
        y,
        () -> {
          Add.pass(y, x, 1);
          if (b.needsGradient()) {
            math.columnSums(y.gradient().matrix(), b.gradient().vec(), b.startGradient());
          }
        });
    return y;
  }
}

package org.recallrank.autograd.ops;

import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.kernels.Matrix;

/** Softmax over the last axis. */
public final class SoftmaxRows {
  private SoftmaxRows() {}

  /** Of x [.., cols]; the result has its shape. */
  public static Variable apply(Variable x) {
    Tape tape = x.tape();
    var math = tape.kernels().math();
    Variable y = tape.output(x.needsGradient(), x.shape());
    Matrix from = x.matrix();
    Matrix to = y.matrix();
    tape.forward(() -> math.softmaxRows(from, to));
    tape.record(
        y,
        () -> {
          Matrix dx = x.gradient().matrix();
          math.softmaxRowsGradient(y.matrix(), y.gradient().matrix(), dx, x.startGradient());
        });
    return y;
  }
}

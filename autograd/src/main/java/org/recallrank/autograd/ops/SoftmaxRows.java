package org.recallrank.autograd.ops;

import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.tensor.Tensor;

/** Softmax over the last axis. */
public final class SoftmaxRows {
  private SoftmaxRows() {}

  public static Variable apply(Variable x) {
    Tape tape = x.tape();
    var math = tape.kernels().math();
    int rows = x.value().rows();
    int cols = x.value().cols();
    Variable y = tape.output(x.needsGradient(), x.shape());
    Tensor xv = x.value();
    Tensor yv = y.value();
    math.softmaxRows(xv.data(), xv.offset(), rows, cols, yv.data(), yv.offset());
    tape.record(
        y,
        () -> {
          boolean add = x.startGradient();
          Tensor dy = y.gradient();
          Tensor dx = x.gradient();
          math.softmaxRowsGradient(
              yv.data(),
              yv.offset(),
              dy.data(),
              dy.offset(),
              rows,
              cols,
              dx.data(),
              dx.offset(),
              add);
        });
    return y;
  }
}

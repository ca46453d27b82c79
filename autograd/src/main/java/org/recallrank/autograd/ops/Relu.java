package org.recallrank.autograd.ops;

import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.tensor.Tensor;

/** y = max(x, 0), where no product or normalisation before it has its own. */
public final class Relu {
  private Relu() {}

  public static Variable apply(Variable x) {
    Tape tape = x.tape();
    var math = tape.kernels().math();
    Variable y = tape.output(x.needsGradient(), x.shape());
    Tensor xv = x.value();
    Tensor yv = y.value();
    math.relu(xv.data(), xv.offset(), yv.data(), yv.offset(), yv.size());
    tape.record(
        y,
        () -> {
          boolean add = x.startGradient();
          Tensor dy = y.gradient();
          Tensor dx = x.gradient();
          math.reluGradient(
              yv.data(),
              yv.offset(),
              dy.data(),
              dy.offset(),
              1,
              dx.data(),
              dx.offset(),
              dx.size(),
              add);
        });
    return y;
  }
}

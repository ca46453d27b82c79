package org.recallrank.autograd.ops;

import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;

/** y = max(x, 0), where no product or normalisation before it has its own. */
public final class Relu {
  private Relu() {}

  /** Of x in any shape, which the result has too. */
  public static Variable apply(Variable x) {
    Tape tape = x.tape();
    var math = tape.kernels().math();
    Variable y = tape.output(x.needsGradient(), x.shape());
    math.relu(x.vec(), y.vec());
    tape.record(
        y,
        () ->
            math.reluGradient(
                y.vec(), y.gradient().vec(), 1, x.gradient().vec(), x.startGradient()));
    return y;
  }
}

package org.recallrank.autograd.ops;

import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.kernels.Vec;

/** y = max(x, 0), where no product or normalisation before it has its own. */
public final class Relu {
  private Relu() {}

  /** Of x in any shape, which the result has too. */
  public static Variable apply(Variable x) {
    Tape tape = x.tape();
    var math = tape.kernels().math();
    Variable y = tape.output(x.needsGradient(), x.shape());
    Vec from = x.vec();
    Vec to = y.vec();
    tape.forward(() -> math.relu(from, to));
    tape.record(
        y,
        () ->
            math.reluGradient(
                y.vec(), y.gradient().vec(), 1, x.gradient().vec(), x.startGradient()));
    return y;
  }
}

package org.recallrank.autograd.ops;

import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.kernels.Vec;

/** y = alpha * x for a constant alpha. */
public final class Scale {
  private Scale() {}

  /** Of x in any shape, which the result has too. */
  public static Variable apply(Variable x, float alpha) {
    Tape tape = x.tape();
    Variable y = tape.output(x.needsGradient(), x.shape());
    var math = tape.kernels().math();
    Vec from = x.vec();
    Vec to = y.vec();
    tape.forward(() -> math.scale(alpha, from, to, false));
    tape.record(y, () -> Add.pass(y, x, alpha));
    return y;
  }
}

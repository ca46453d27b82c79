package org.recallrank.autograd.ops;

import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.kernels.VectorMath;
import org.recallrank.tensor.Tensor;

/** y = alpha * x for a constant alpha. */
public final class Scale {
  private Scale() {}

  public static Variable apply(Variable x, float alpha) {
    Tape tape = x.tape();
    VectorMath math = tape.kernels().math();
    Variable y = tape.output(x.needsGradient(), x.shape());
    Tensor a = x.value();
    Tensor b = y.value();
    math.scale(alpha, a.data(), a.offset(), b.data(), b.offset(), b.size(), false);
    tape.record(y, () -> Add.pass(math, y, x, alpha));
    return y;
  }
}

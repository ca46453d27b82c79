package org.recallrank.autograd.ops;

import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.kernels.Vec;

/**
 * y = a + x * z, element by element (a null: y = x * z). With z = W x_l + b, x = x_0 and a = x_l it
 * is a cross layer of DCN-V2.
 */
public final class MultiplyAdd {
  private MultiplyAdd() {}

  /** Records the product; a and z have as many elements as x, and the result has its shape. */
  public static Variable apply(Variable a, Variable x, Variable z) {
    Tape tape = x.tape();
    var math = tape.kernels().math();
    ShapeChecks.sameSize("multiply", x, z);
    boolean needsGradient = x.needsGradient() || z.needsGradient();
    if (a != null) {
      ShapeChecks.sameSize("multiply-add", a, x);
      needsGradient |= a.needsGradient();
    }
    Variable y = tape.output(needsGradient, x.shape());
    Vec av = a == null ? null : a.vec();
    Vec xv = x.vec();
    Vec zv = z.vec();
    Vec yv = y.vec();
    tape.forward(
        () -> {
          if (av != null) {
            System.arraycopy(av.data(), av.offset(), yv.data(), yv.offset(), av.size());
          }
          math.multiply(xv, zv, yv, av != null);
        });
    tape.record(
        y,
        () -> {
          Vec dy = y.gradient().vec();
          if (x.needsGradient()) {
            math.multiply(dy, z.vec(), x.gradient().vec(), x.startGradient());
          }
          if (z.needsGradient()) {
            math.multiply(dy, x.vec(), z.gradient().vec(), z.startGradient());
          }
          if (a != null) {
            Add.pass(y, a, 1);
          }
        });
    return y;
  }
}

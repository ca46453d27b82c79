package org.recallrank.autograd.ops;

import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.kernels.VectorMath;
import org.recallrank.tensor.Tensor;

/** z = x + y, element by element; the result has the shape of x. */
public final class Add {
  private Add() {}

  public static Variable apply(Variable x, Variable y) {
    Tape tape = x.tape();
    Checks.sameSize("add", x, y);
    VectorMath math = tape.kernels().math();
    Variable z = tape.output(x.needsGradient() || y.needsGradient(), x.shape());
    Tensor a = x.value();
    Tensor b = y.value();
    Tensor c = z.value();
    math.add(a.data(), a.offset(), b.data(), b.offset(), c.data(), c.offset(), c.size());
    tape.record(
        z,
        () -> {
          pass(math, z, x, 1);
          pass(math, z, y, 1);
        });
    return z;
  }

  /** x.gradient (+)= factor * z.gradient. */
  public static void pass(VectorMath math, Variable z, Variable x, float factor) {
    if (x.needsGradient()) {
      boolean add = x.startGradient();
      Tensor dz = z.gradient();
      Tensor dx = x.gradient();
      math.scale(factor, dz.data(), dz.offset(), dx.data(), dx.offset(), dz.size(), add);
    }
  }
}

package org.recallrank.autograd.ops;

import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.kernels.Vec;
import org.recallrank.tensor.Tensor;

/** z = x + y, element by element; the result has the shape of x. */
public final class Add {
  private Add() {}

  /**
   * Records the sum.
   *
   * @param y as many elements as x
   */
  public static Variable apply(Variable x, Variable y) {
    Tape tape = x.tape();
    ShapeChecks.sameSize("add", x, y);
    Variable z = tape.output(x.needsGradient() || y.needsGradient(), x.shape());
    var math = tape.kernels().math();
    Vec a = x.vec();
    Vec b = y.vec();
    Vec sum = z.vec();
    tape.forward(() -> math.add(a, b, sum));
    tape.record(
        z,
        () -> {
          pass(z, x, 1);
          pass(z, y, 1);
        });
    return z;
  }

  /** x.gradient (+)= factor * z.gradient. */
  public static void pass(Variable z, Variable x, float factor) {
    if (x.needsGradient()) {
      pass(z.gradient(), x, factor);
    }
  }

  /** x.gradient (+)= factor * gradient. */
  static void pass(Tensor gradient, Variable x, float factor) {
    var math = x.tape().kernels().math();
    math.scale(factor, gradient.vec(), x.gradient().vec(), x.startGradient());
  }
}

package org.recallrank.autograd.ops;

import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.kernels.VectorMath;
import org.recallrank.tensor.Tensor;

/**
 * y = a + x * z, element by element (a null: y = x * z). With z = W x_l + b, x = x_0 and a = x_l it
 * is a cross layer of DCN-V2.
 */
public final class MultiplyAdd {
  private MultiplyAdd() {}

  public static Variable apply(Variable a, Variable x, Variable z) {
    Tape tape = x.tape();
    Checks.sameSize("multiply", x, z);
    if (a != null) {
      Checks.sameSize("multiply-add", a, x);
    }
    VectorMath math = tape.kernels().math();
    Variable y =
        tape.output(
            (a != null && a.needsGradient()) || x.needsGradient() || z.needsGradient(), x.shape());
    Tensor xv = x.value();
    Tensor zv = z.value();
    Tensor yv = y.value();
    int n = yv.size();
    if (a != null) {
      Tensor av = a.value();
      System.arraycopy(av.data(), av.offset(), yv.data(), yv.offset(), n);
    }
    multiply(math, xv, zv, yv, a != null);
    tape.record(
        y,
        () -> {
          Tensor dy = y.gradient();
          if (x.needsGradient()) {
            boolean add = x.startGradient();
            multiply(math, dy, zv, x.gradient(), add);
          }
          if (z.needsGradient()) {
            boolean add = z.startGradient();
            multiply(math, dy, xv, z.gradient(), add);
          }
          if (a != null) {
            Add.pass(math, y, a, 1);
          }
        });
    return y;
  }

  private static void multiply(VectorMath math, Tensor a, Tensor b, Tensor c, boolean accumulate) {
    math.multiply(
        a.data(), a.offset(), b.data(), b.offset(), c.data(), c.offset(), c.size(), accumulate);
  }
}

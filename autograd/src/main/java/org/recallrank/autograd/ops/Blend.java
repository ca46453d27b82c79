package org.recallrank.autograd.ops;

import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.tensor.Tensor;

/** y = g * x + (1 - g) * z with a gate g per element, or one per row: the gate of FRNet. */
public final class Blend {
  private Blend() {}

  /**
   * Records the blend.
   *
   * @param gate as many elements as x, or one per row of x
   * @param x [.., cols]
   * @param z as many elements as x
   * @return the shape of x
   */
  public static Variable apply(Variable gate, Variable x, Variable z) {
    Tape tape = gate.tape();
    ShapeChecks.sameSize("blend", x, z);
    int size = x.value().size();
    int perGate = gate.value().size() == size ? 1 : x.value().cols();
    ShapeChecks.size("blend", "gate", gate, size / perGate);
    Variable y =
        tape.output(gate.needsGradient() || x.needsGradient() || z.needsGradient(), x.shape());
    Tensor gv = gate.value();
    Tensor xv = x.value();
    Tensor zv = z.value();
    Tensor yv = y.value();
    tape.forward(
        () -> {
          for (int i = 0; i < size; i++) {
            float g = gv.get(i / perGate);
            yv.set(i, g * xv.get(i) + (1 - g) * zv.get(i));
          }
        });
    tape.record(
        y,
        () -> {
          Tensor dy = y.gradient();
          if (x.needsGradient()) {
            Tensor dx = x.gradientToAddTo();
            for (int i = 0; i < size; i++) {
              dx.add(i, gv.get(i / perGate) * dy.get(i));
            }
          }
          if (z.needsGradient()) {
            Tensor dz = z.gradientToAddTo();
            for (int i = 0; i < size; i++) {
              dz.add(i, (1 - gv.get(i / perGate)) * dy.get(i));
            }
          }
          if (gate.needsGradient()) {
            Tensor dg = gate.gradientToAddTo();
            for (int i = 0; i < size; i++) {
              dg.add(i / perGate, dy.get(i) * (xv.get(i) - zv.get(i)));
            }
          }
        });
    return y;
  }
}

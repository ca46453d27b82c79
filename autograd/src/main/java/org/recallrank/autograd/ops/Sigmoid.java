package org.recallrank.autograd.ops;

import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.tensor.Tensor;

/** y = 1 / (1 + e^-x). */
public final class Sigmoid {
  private Sigmoid() {}

  public static Variable apply(Variable x) {
    Tape tape = x.tape();
    Variable y = tape.output(x.needsGradient(), x.shape());
    Tensor xv = x.value();
    Tensor yv = y.value();
    tape.kernels().math().sigmoid(xv.data(), xv.offset(), yv.data(), yv.offset(), yv.size());
    tape.record(
        y,
        () -> {
          boolean add = x.startGradient();
          Tensor dy = y.gradient();
          Tensor dx = x.gradient();
          for (int i = 0; i < dx.size(); i++) {
            float g = dy.get(i) * yv.get(i) * (1 - yv.get(i));
            dx.set(i, add ? dx.get(i) + g : g);
          }
        });
    return y;
  }
}

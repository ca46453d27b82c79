package org.recallrank.autograd.ops;

import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.kernels.Vec;
import org.recallrank.tensor.Tensor;

/** y = tanh(x). */
public final class Tanh {
  private Tanh() {}

  /** Of x in any shape, which the result has too. */
  public static Variable apply(Variable x) {
    Tape tape = x.tape();
    Variable y = tape.output(x.needsGradient(), x.shape());
    var math = tape.kernels().math();
    Vec from = x.vec();
    Vec to = y.vec();
    tape.forward(() -> math.tanh(from, to));
    tape.record(
        y,
        () -> {
          Tensor yv = y.value();
          Tensor dy = y.gradient();
          Tensor dx = x.gradient();
          boolean add = x.startGradient();
          for (int i = 0; i < dx.size(); i++) {
            dx.put(i, dy.get(i) * (1 - yv.get(i) * yv.get(i)), add);
          }
        });
    return y;
  }
}

package org.recallrank.autograd.ops;

import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.kernels.VectorMath;
import org.recallrank.tensor.Tensor;

/** Inverted dropout ({@link VectorMath#dropout}); outside of training the input itself. */
public final class Dropout {
  private Dropout() {}

  public static Variable apply(Variable x, float p) {
    Tape tape = x.tape();
    if (!tape.training() || p == 0) {
      return x;
    }
    VectorMath math = tape.kernels().math();
    long seed = tape.nextSeed();
    Variable y = tape.output(x.needsGradient(), x.shape());
    Tensor xv = x.value();
    Tensor yv = y.value();
    math.dropout(xv.data(), xv.offset(), yv.data(), yv.offset(), yv.size(), p, seed, false);
    tape.record(
        y,
        () -> {
          boolean add = x.startGradient();
          Tensor dy = y.gradient();
          Tensor dx = x.gradient();
          math.dropout(dy.data(), dy.offset(), dx.data(), dx.offset(), dx.size(), p, seed, add);
        });
    return y;
  }
}

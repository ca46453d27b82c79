package org.recallrank.autograd.ops;

import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.kernels.Vec;
import org.recallrank.kernels.VectorMath;

/** Inverted dropout ({@link VectorMath#dropout}); outside of training the input itself. */
public final class Dropout {
  private Dropout() {}

  /**
   * Drops each element with probability p; the others grow by 1 / (1 - p).
   *
   * @param p in [0, 1)
   */
  public static Variable apply(Variable x, float p) {
    Tape tape = x.tape();
    if (!tape.training() || p == 0) {
      return x;
    }
    VectorMath math = tape.kernels().math();
    long seed = tape.nextSeed();
    Variable y = tape.output(x.needsGradient(), x.shape());
    Vec from = x.vec();
    Vec to = y.vec();
    tape.forward(() -> math.dropout(from, to, p, seed, false));
    tape.record(
        y, () -> math.dropout(y.gradient().vec(), x.gradient().vec(), p, seed, x.startGradient()));
    return y;
  }
}

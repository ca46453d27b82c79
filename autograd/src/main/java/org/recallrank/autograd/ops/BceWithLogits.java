package org.recallrank.autograd.ops;

import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.tensor.Tensor;

/**
 * Mean binary cross-entropy of sigmoid(z) against targets t, from logits: mean of max(z, 0) - z t +
 * ln(1 + e^-|z|). Loss and gradient in one pass.
 */
public final class BceWithLogits {
  private BceWithLogits() {}

  /**
   * Records the loss.
   *
   * @param logits n values in any shape
   * @param targets n values in [0, 1]
   * @return a scalar
   */
  public static Variable apply(Variable logits, Tensor targets) {
    Tape tape = logits.tape();
    int n = logits.value().size();
    if (targets.size() != n) {
      throw new IllegalArgumentException(
          "bce: logits are " + logits.shape() + ", targets " + targets.shape());
    }
    Variable loss = tape.output(logits.needsGradient());
    Tensor dz = tape.allocate(n);
    double sum = tape.kernels().math().bceWithLogits(logits.vec(), targets.vec(), 1f / n, dz.vec());
    loss.value().set(0, (float) (sum / n));
    tape.record(loss, () -> Add.pass(dz, logits, loss.gradient().get(0)));
    return loss;
  }
}

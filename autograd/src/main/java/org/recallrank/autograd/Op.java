package org.recallrank.autograd;

/**
 * A recorded operation. Its forward pass ran when it was recorded; this is the other half.
 *
 * <p>An op reads the gradient of its output ({@link Variable#gradient}) and adds to the gradient of
 * each input that {@link Variable#needsGradient needs one}, asking {@link Variable#startGradient}
 * whether to add or to replace.
 */
@FunctionalInterface
public interface Op {
  /** Adds what flows back to the inputs; the tape calls it once, from the thread of the step. */
  void backward();
}

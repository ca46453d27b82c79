package org.recallrank.autograd.ops;

import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.tensor.Rng;
import org.recallrank.tensor.Tensor;

/**
 * A function of blocks of rows of which no intermediate value is kept: the backward pass computes
 * each block once more and differentiates it (Chen et al., Training Deep Nets with Sublinear Memory
 * Cost, 2016). So memory is that of one block, whatever the number of rows.
 */
public final class Recompute {
  private Recompute() {}

  /** A function of some rows. */
  @FunctionalInterface
  public interface Block {
    /**
     * Computes the rows {@code from} to {@code to - 1} of the result. It may use variables of the
     * outer tape, must give the same again each time, and must neither drop anything nor normalise
     * over the batch: in the forward pass the tape does not train.
     *
     * @param tape where the block records its operations
     */
    Variable rows(Tape tape, int from, int to);
  }

  /**
   * @param rowsPerBlock from 1 on
   * @return [rows, cols], taken to need a gradient
   */
  public static Variable apply(Tape tape, int rows, int cols, int rowsPerBlock, Block block) {
    Variable y = tape.output(true, rows, cols);
    Tensor yv = y.value();
    Tape inner = tape.inner();
    for (int from = 0; from < rows; from += rowsPerBlock) {
      int to = Math.min(rows, from + rowsPerBlock);
      inner.startEvaluation();
      Tensor part = block.rows(inner, from, to).value();
      if (part.size() != (to - from) * cols) {
        throw new IllegalArgumentException(
            "recompute: rows "
                + from
                + " to "
                + to
                + " of width "
                + cols
                + " expected, found shape "
                + part.shape());
      }
      System.arraycopy(
          part.data(), part.offset(), yv.data(), yv.offset() + from * cols, part.size());
    }
    tape.record(
        y,
        () -> {
          Tensor dy = y.gradient();
          for (int from = 0; from < rows; from += rowsPerBlock) {
            int to = Math.min(rows, from + rowsPerBlock);
            inner.startTraining(new Rng(0)); // nothing in a block is random
            Variable part = block.rows(inner, from, to);
            inner.backward(part, dy.view(from * cols, to - from, cols));
          }
        });
    return y;
  }
}

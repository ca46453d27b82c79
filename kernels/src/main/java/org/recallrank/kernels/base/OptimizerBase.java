package org.recallrank.kernels.base;

import java.util.Arrays;
import org.recallrank.kernels.OptimizerKernel;
import org.recallrank.kernels.Scratch;
import org.recallrank.kernels.Workers;

/**
 * What the backends share of {@link OptimizerKernel}: checks, chunks and the walk over a table
 * whose gradient is sparse. A backend supplies the loop over a range.
 */
public abstract class OptimizerBase implements OptimizerKernel {
  private static final int GRAIN = 1 << 15;

  /** Floats of table rows handled at a time, so that their gradient lies in L1. */
  private static final int TABLE_BLOCK = 1 << 11;

  private final Workers workers;
  private final Scratch gradientBlock = new Scratch();

  protected OptimizerBase(Workers workers) {
    this.workers = workers;
  }

  @Override
  public final double adam(
      float[] w,
      int wOffset,
      float[] m,
      float[] v,
      int stateOffset,
      float[] g,
      int gOffset,
      int n,
      AdamStep step) {
    Checks.range("adam", "w", w.length, wOffset, n);
    Checks.range("adam", "m", m.length, stateOffset, n);
    Checks.range("adam", "v", v.length, stateOffset, n);
    Checks.range("adam", "g", g.length, gOffset, n);
    if (n <= GRAIN) { // a lazy table calls this for each of its rows: no lambda
      return adamRange(w, wOffset, m, v, stateOffset, g, gOffset, n, step);
    }
    return workers.sumRanges(
        n,
        GRAIN,
        (from, to) ->
            adamRange(
                w, wOffset + from, m, v, stateOffset + from, g, gOffset + from, to - from, step));
  }

  /**
   * The gradient of a block of rows is laid out as if it were dense in an array that stays in L1
   * and is all zero but for the block's rows with a gradient; so memory sees one pass over w, m and
   * v.
   */
  @Override
  public final double adamTable(
      float[] w,
      int wOffset,
      float[] m,
      float[] v,
      int rows,
      int dim,
      int[] slotOfRow,
      float[] g,
      AdamStep step) {
    Checks.size("adamTable", "dim", dim);
    Checks.matrix("adamTable", "w", w.length, wOffset, rows, dim, dim);
    Checks.matrix("adamTable", "m", m.length, 0, rows, dim, dim);
    Checks.matrix("adamTable", "v", v.length, 0, rows, dim, dim);
    Checks.range("adamTable", "slotOfRow", slotOfRow.length, 0, rows);
    if (dim == 0) {
      return 0;
    }
    int slots = g.length / dim;
    int blockRows = Math.max(1, TABLE_BLOCK / dim);
    int grain = Math.max(1, GRAIN / (blockRows * dim)) * blockRows;
    return workers.sumRanges(
        rows,
        grain,
        (from, to) -> {
          float[] block = gradientBlock.floats(blockRows * dim);
          double sum = 0;
          for (int row = from; row < to; row += blockRows) {
            int end = Math.min(to, row + blockRows);
            sum += adamBlock(w, wOffset, m, v, row, end, dim, slotOfRow, g, slots, block, step);
          }
          return sum;
        });
  }

  private double adamBlock(
      float[] w,
      int wOffset,
      float[] m,
      float[] v,
      int from,
      int to,
      int dim,
      int[] slotOfRow,
      float[] g,
      int slots,
      float[] block,
      AdamStep step) {
    Arrays.fill(block, 0, (to - from) * dim, 0);
    for (int row = from; row < to; row++) {
      int slot = slotOfRow[row];
      if (slot >= 0) {
        Checks.row("adamTable", "the gradient", slot, slots, row);
        System.arraycopy(g, slot * dim, block, (row - from) * dim, dim);
      }
    }
    int at = from * dim;
    return adamRange(w, wOffset + at, m, v, at, block, 0, (to - from) * dim, step);
  }

  @Override
  public final double sgd(
      float[] w,
      int wOffset,
      float[] g,
      int gOffset,
      int n,
      float gradientScale,
      float lambda,
      float lr) {
    Checks.range("sgd", "w", w.length, wOffset, n);
    Checks.range("sgd", "g", g.length, gOffset, n);
    float rate = lr * gradientScale;
    if (n <= GRAIN) { // as adam
      return sgdRange(w, wOffset, g, gOffset, n, rate, lambda);
    }
    return workers.sumRanges(
        n,
        GRAIN,
        (from, to) -> sgdRange(w, wOffset + from, g, gOffset + from, to - from, rate, lambda));
  }

  @Override
  public final double adagrad(
      float[] w,
      int wOffset,
      float[] s,
      int stateOffset,
      float[] g,
      int gOffset,
      int n,
      float gradientScale,
      float lambda,
      float lr,
      float epsilon) {
    Checks.range("adagrad", "w", w.length, wOffset, n);
    Checks.range("adagrad", "s", s.length, stateOffset, n);
    Checks.range("adagrad", "g", g.length, gOffset, n);
    if (n <= GRAIN) { // as adam
      return adagradRange(
          w, wOffset, s, stateOffset, g, gOffset, n, gradientScale, lambda, lr, epsilon);
    }
    return workers.sumRanges(
        n,
        GRAIN,
        (from, to) ->
            adagradRange(
                w,
                wOffset + from,
                s,
                stateOffset + from,
                g,
                gOffset + from,
                to - from,
                gradientScale,
                lambda,
                lr,
                epsilon));
  }

  protected abstract double adamRange(
      float[] w,
      int wOffset,
      float[] m,
      float[] v,
      int stateOffset,
      float[] g,
      int gOffset,
      int n,
      AdamStep step);

  /** w -= rate * (g + lambda * w). */
  protected abstract double sgdRange(
      float[] w, int wOffset, float[] g, int gOffset, int n, float rate, float lambda);

  protected abstract double adagradRange(
      float[] w,
      int wOffset,
      float[] s,
      int stateOffset,
      float[] g,
      int gOffset,
      int n,
      float gradientScale,
      float lambda,
      float lr,
      float epsilon);
}

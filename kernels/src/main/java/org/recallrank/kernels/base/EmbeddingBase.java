package org.recallrank.kernels.base;

import org.recallrank.kernels.EmbeddingKernel;
import org.recallrank.kernels.Ids;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.Scratch;
import org.recallrank.kernels.Vec;
import org.recallrank.kernels.Workers;

/**
 * What the backends share of {@link EmbeddingKernel}: checks, and how the work is cut so that the
 * contributions to one row keep their order.
 *
 * <p>scatterAdd: groups of neighbouring target rows are dealt out to a fixed number of parts. Each
 * part reads the whole index in order and adds what falls into its own rows, so no two parts touch
 * the same row and no lock or second copy of the target is needed.
 */
public abstract class EmbeddingBase implements EmbeddingKernel {
  private static final int GRAIN = 1 << 14;

  /** Below this many floats one part does it all. */
  private static final int SCATTER_ALONE = 1 << 16;

  private static final int SCATTER_PARTS = 4;

  /** Neighbouring rows share cache lines, so 2^3 of them stay together. */
  private static final int ROWS_TOGETHER_LOG2 = 3;

  private static final int POSITIONS = 1 << 10;

  private final Workers workers;
  private final Scratch positions = new Scratch();

  protected EmbeddingBase(Workers workers) {
    this.workers = workers;
  }

  @Override
  public final void gather(Matrix table, Ids index, Matrix out) {
    Checks.embedding("gather", table, index, 1, null, out);
    int grain = Math.max(1, GRAIN / out.cols());
    if (workers.threads() == 1 || out.rows() <= grain) { // one chunk needs no lambda
      gatherSome(table, index, 0, out.rows(), out);
      return;
    }
    workers.forRanges(out.rows(), grain, (from, to) -> gatherSome(table, index, from, to, out));
  }

  private void gatherSome(Matrix table, Ids index, int from, int to, Matrix out) {
    checkRows("gather", table, index, from, to);
    gatherRows(table, index, from, to, out);
  }

  @Override
  public final void gatherPooled(
      Matrix table, Ids index, int length, boolean mean, Matrix out, Vec scale) {
    Checks.embedding("gatherPooled", table, index, length, scale, out);
    int grain = Math.max(1, GRAIN / (out.cols() * Math.max(1, length)));
    if (workers.threads() == 1 || out.rows() <= grain) {
      checkRows("gatherPooled", table, index, 0, index.size());
      for (int i = 0; i < out.rows(); i++) {
        scale.set(i, poolRow(table, index, i, length, mean, out));
      }
      return;
    }
    workers.forRanges(
        out.rows(),
        grain,
        (from, to) -> {
          checkRows("gatherPooled", table, index, from * length, to * length);
          for (int i = from; i < to; i++) {
            scale.set(i, poolRow(table, index, i, length, mean, out));
          }
        });
  }

  private static void checkRows(String op, Matrix table, Ids index, int from, int to) {
    for (int i = from; i < to; i++) {
      Checks.row(op, "the table", index, i, table.rows());
    }
  }

  @Override
  public final void scatterAdd(Matrix source, Ids index, int length, Vec scale, Matrix target) {
    Checks.embedding("scatterAdd", target, index, length, scale, source);
    int parts = (long) index.size() * source.cols() < SCATTER_ALONE ? 1 : SCATTER_PARTS;
    if (parts == 1) { // each field of a batch, mostly: no lambda
      scatterPart(0, 1, source, index, length, scale, target);
      return;
    }
    workers.forChunks(
        parts, part -> scatterPart(part, parts, source, index, length, scale, target));
  }

  /** The contributions to the rows of one part. */
  private void scatterPart(
      int part, int parts, Matrix source, Ids index, int length, Vec scale, Matrix target) {
    int[] mine = positions.ints(POSITIONS);
    int[] rows = index.data();
    int first = index.offset();
    for (int from = 0; from < index.size(); from += POSITIONS) {
      int to = Math.min(index.size(), from + POSITIONS);
      int found = 0;
      for (int p = from; p < to; p++) {
        int row = rows[first + p];
        mine[found] = p;
        // Without a branch: whether a position is ours is as good as random.
        found += row >= 0 && (row >> ROWS_TOGETHER_LOG2) % parts == part ? 1 : 0;
      }
      for (int f = 0; f < found; f++) {
        Checks.row("scatterAdd", "the target", index, mine[f], target.rows());
      }
      addRows(mine, found, source, index, length, scale, target);
    }
  }

  /**
   * Rows {@code from} to {@code to} - 1 of the output, by indices that are known to be in range.
   */
  protected abstract void gatherRows(Matrix table, Ids index, int from, int to, Matrix out);

  /** Writes row i of the output, the pooled row of a sequence, and returns its scale. */
  protected abstract float poolRow(
      Matrix table, Ids index, int i, int length, boolean mean, Matrix out);

  /** What scatterAdd says, for {@code count} of the positions p, all with an index in range. */
  protected abstract void addRows(
      int[] positions, int count, Matrix source, Ids index, int length, Vec scale, Matrix target);
}

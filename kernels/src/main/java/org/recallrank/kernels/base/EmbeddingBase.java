package org.recallrank.kernels.base;

import org.recallrank.kernels.EmbeddingKernel;
import org.recallrank.kernels.Scratch;
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
  public final void gather(
      float[] table,
      int tableOffset,
      int dim,
      int[] index,
      int indexOffset,
      int n,
      float[] out,
      int outOffset,
      int ldOut) {
    int rows = Checks.tableRows("gather", "table", table.length, tableOffset, dim);
    Checks.range("gather", "index", index.length, indexOffset, n);
    Checks.matrix("gather", "out", out.length, outOffset, n, dim, ldOut);
    workers.forRanges(
        n,
        Math.max(1, GRAIN / dim),
        (from, to) -> {
          for (int i = from; i < to; i++) {
            Checks.row("gather", "the table", index[indexOffset + i], rows, i);
          }
          gatherRows(
              table,
              tableOffset,
              dim,
              index,
              indexOffset + from,
              to - from,
              out,
              outOffset + from * ldOut,
              ldOut);
        });
  }

  @Override
  public final void gatherPooled(
      float[] table,
      int tableOffset,
      int dim,
      int[] index,
      int indexOffset,
      int n,
      int length,
      boolean mean,
      float[] out,
      int outOffset,
      int ldOut,
      float[] scale) {
    String op = "gatherPooled";
    int rows = Checks.tableRows(op, "table", table.length, tableOffset, dim);
    Checks.size(op, "length", length);
    Checks.size(op, "n", n);
    Checks.range(op, "index", index.length, indexOffset, (long) n * length);
    Checks.matrix(op, "out", out.length, outOffset, n, dim, ldOut);
    Checks.range(op, "scale", scale.length, 0, n);
    workers.forRanges(
        n,
        Math.max(1, GRAIN / (dim * Math.max(1, length))),
        (from, to) -> {
          for (int i = from * length; i < to * length; i++) {
            Checks.row(op, "the table", index[indexOffset + i], rows, i);
          }
          for (int i = from; i < to; i++) {
            scale[i] =
                poolRow(
                    table,
                    tableOffset,
                    dim,
                    index,
                    indexOffset + i * length,
                    length,
                    mean,
                    out,
                    outOffset + i * ldOut);
          }
        });
  }

  @Override
  public final void scatterAdd(
      float[] source,
      int sourceOffset,
      int ldSource,
      int dim,
      int[] index,
      int indexOffset,
      int n,
      int length,
      float[] scale,
      float[] target,
      int targetOffset,
      int targetRows) {
    String op = "scatterAdd";
    Checks.positive(op, "dim", dim);
    Checks.size(op, "length", length);
    Checks.matrix(op, "source", source.length, sourceOffset, n, dim, ldSource);
    Checks.range(op, "index", index.length, indexOffset, (long) n * length);
    Checks.matrix(op, "target", target.length, targetOffset, targetRows, dim, dim);
    if (scale != null) {
      Checks.range(op, "scale", scale.length, 0, n);
    }
    int count = n * length;
    int parts = (long) count * dim < SCATTER_ALONE ? 1 : SCATTER_PARTS;
    if (parts == 1) { // each field of a batch, mostly: no lambda
      scatterPart(
          0,
          1,
          source,
          sourceOffset,
          ldSource,
          dim,
          index,
          indexOffset,
          count,
          length,
          scale,
          target,
          targetOffset,
          targetRows);
      return;
    }
    workers.forChunks(
        parts,
        part ->
            scatterPart(
                part,
                parts,
                source,
                sourceOffset,
                ldSource,
                dim,
                index,
                indexOffset,
                count,
                length,
                scale,
                target,
                targetOffset,
                targetRows));
  }

  /** The contributions to the rows of one part. */
  private void scatterPart(
      int part,
      int parts,
      float[] source,
      int sourceOffset,
      int ldSource,
      int dim,
      int[] index,
      int indexOffset,
      int count,
      int length,
      float[] scale,
      float[] target,
      int targetOffset,
      int targetRows) {
    int[] mine = positions.ints(POSITIONS);
    for (int from = 0; from < count; from += POSITIONS) {
      int to = Math.min(count, from + POSITIONS);
      int found = 0;
      for (int p = from; p < to; p++) {
        int row = index[indexOffset + p];
        mine[found] = p;
        // Without a branch: whether a position is ours is as good as random.
        found += row >= 0 && (row >> ROWS_TOGETHER_LOG2) % parts == part ? 1 : 0;
      }
      for (int f = 0; f < found; f++) {
        Checks.row("scatterAdd", "the target", index[indexOffset + mine[f]], targetRows, mine[f]);
      }
      addRows(
          mine,
          found,
          source,
          sourceOffset,
          ldSource,
          dim,
          index,
          indexOffset,
          length,
          scale,
          target,
          targetOffset);
    }
  }

  /** Copies n rows whose indices are known to be in range. */
  protected abstract void gatherRows(
      float[] table,
      int tableOffset,
      int dim,
      int[] index,
      int indexOffset,
      int n,
      float[] out,
      int outOffset,
      int ldOut);

  /** Writes the pooled row of one sequence and returns its scale. */
  protected abstract float poolRow(
      float[] table,
      int tableOffset,
      int dim,
      int[] index,
      int indexOffset,
      int length,
      boolean mean,
      float[] out,
      int outOffset);

  /** What scatterAdd says, for {@code count} of the positions p, all with an index in range. */
  protected abstract void addRows(
      int[] positions,
      int count,
      float[] source,
      int sourceOffset,
      int ldSource,
      int dim,
      int[] index,
      int indexOffset,
      int length,
      float[] scale,
      float[] target,
      int targetOffset);
}

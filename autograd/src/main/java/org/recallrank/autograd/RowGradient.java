package org.recallrank.autograd;

import java.util.Arrays;
import org.recallrank.kernels.EmbeddingKernel;

/**
 * The gradient of an embedding table: one dense row (slot) for each table row that was touched, in the
 * order of first touch.
 */
public final class RowGradient {
  private final int dim;
  private final int[] slotOfRow;
  private int[] rows = new int[64];
  private float[] values = new float[0];
  private int[] slots = new int[0];
  private int count;

  RowGradient(int tableRows, int dim) {
    this.dim = dim;
    slotOfRow = new int[tableRows];
    Arrays.fill(slotOfRow, -1);
  }

  /** How many rows were touched. */
  public int count() {
    return count;
  }

  /** Table rows touched, [count]. */
  public int[] rows() {
    return rows;
  }

  /** Gradient rows, dense [count, dim]. */
  public float[] values() {
    return values;
  }

  /** For each table row its slot in {@link #values}, or -1. */
  public int[] slotOfRow() {
    return slotOfRow;
  }

  /**
   * Adds scale[p / length] * source row p / length to table row ids[p], for n * length positions; rows
   * of the padding id 0 get nothing. Parameters as {@link EmbeddingKernel#scatterAdd}.
   */
  public void add(
      EmbeddingKernel kernel, float[] source, int sourceOffset, int ldSource, int[] ids, int n,
      int length, float[] scale) {
    int positions = n * length;
    if (slots.length < positions) {
      slots = new int[positions];
    }
    int before = count;
    for (int p = 0; p < positions; p++) {
      slots[p] = ids[p] == 0 ? -1 : slotFor(ids[p]);
    }
    if (values.length < count * dim) {
      values = Arrays.copyOf(values, Math.max(count, 2 * before) * dim);
    }
    Arrays.fill(values, before * dim, count * dim, 0);
    kernel.scatterAdd(
        source, sourceOffset, ldSource, dim, slots, 0, n, length, scale, values, 0, count);
  }

  private int slotFor(int row) {
    int slot = slotOfRow[row];
    if (slot < 0) {
      slot = count++;
      slotOfRow[row] = slot;
      if (slot == rows.length) {
        rows = Arrays.copyOf(rows, 2 * slot);
      }
      rows[slot] = row;
    }
    return slot;
  }

  void clear() {
    for (int s = 0; s < count; s++) {
      slotOfRow[rows[s]] = -1;
    }
    count = 0;
  }
}

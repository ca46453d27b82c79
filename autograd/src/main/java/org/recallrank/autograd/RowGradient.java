package org.recallrank.autograd;

import java.util.Arrays;
import org.recallrank.kernels.EmbeddingKernel;
import org.recallrank.kernels.Ids;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.OptimizerKernel.Rows;
import org.recallrank.kernels.OptimizerKernel.Table;
import org.recallrank.kernels.Vec;

/**
 * The gradient of an embedding table: one dense row (slot) for each table row that was touched, in
 * the order of first touch.
 *
 * <p>Serves one thread at a time.
 */
public final class RowGradient {
  private final int dim;
  private final SlotMap slotMap;
  private Table table;
  private int[] slots = new int[0];

  RowGradient(int tableRows, int dim) {
    this.dim = dim;
    slotMap = new SlotMap(tableRows);
    table = view(new float[0]);
  }

  private Table view(float[] values) {
    return new Table(slotMap.slotOf(), Matrix.of(values, values.length / dim, dim));
  }

  /** How many rows were touched. */
  public int count() {
    return slotMap.count();
  }

  /** Table rows touched, [count]. */
  public int[] rows() {
    return slotMap.ids();
  }

  /** Gradient rows, dense [count, dim], and room for more. */
  public float[] values() {
    return table.values().data();
  }

  /** For each table row its slot in {@link #values}, or -1. */
  public int[] slotOfRow() {
    return table.slotOfRow();
  }

  /** As that of a table of which every row moves; the same object until there is more room. */
  public Table ofTable() {
    return table;
  }

  /** As that of the rows touched alone. */
  public Rows ofRows() {
    return new Rows(Ids.of(rows(), count()), table.values());
  }

  /**
   * Adds scale[p / length] * source row p / length to table row ids[p] for each p; rows of the
   * padding id 0 get nothing. Parameters as {@link EmbeddingKernel#scatterAdd}.
   */
  public void add(EmbeddingKernel kernel, Matrix source, Ids ids, int length, Vec scale) {
    int positions = ids.size();
    if (slots.length < positions) {
      slots = new int[positions];
    }
    int before = slotMap.count();
    for (int p = 0; p < positions; p++) {
      int id = ids.get(p);
      slots[p] = id == 0 ? -1 : slotMap.slot(id);
    }
    int count = slotMap.count();
    if (values().length < count * dim) {
      table = view(Arrays.copyOf(values(), Math.max(count, 2 * before) * dim));
    }
    Arrays.fill(values(), before * dim, count * dim, 0);
    kernel.scatterAdd(source, Ids.of(slots, positions), length, scale, table.values());
  }

  void clear() {
    slotMap.clear();
  }
}

package org.recallrank.autograd.ops;

import org.recallrank.autograd.Parameter;
import org.recallrank.autograd.Variable;
import org.recallrank.kernels.EmbeddingKernel;
import org.recallrank.kernels.Ids;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.Vec;
import org.recallrank.tensor.Tensor;

/**
 * Rows of a table, written into a block of columns of a larger matrix, so that the fields of a
 * batch end up side by side without being copied. Id 0 is padding: it is looked up like any other
 * but gets no gradient.
 */
public final class EmbeddingLookup {
  private EmbeddingLookup() {}

  /**
   * One id per row.
   *
   * @param table [V, dim]
   * @param ids [rows]
   * @param target [rows, ..]; its columns from {@code column} on are written
   * @param differentiate whether the gradient flows into the table
   */
  public static void rows(
      Parameter table, int[] ids, Variable target, int column, boolean differentiate) {
    EmbeddingKernel kernel = target.tape().kernels().embedding();
    Matrix block = block(target.value(), table, column);
    Ids index = Ids.of(ids, block.rows());
    Matrix from = table.value().matrix();
    target.tape().forward(() -> kernel.gather(from, index, block));
    if (differentiate) {
      target.tape().record(target, () -> addBack(table, target, column, index, 1, null));
    }
  }

  /**
   * Sequences of {@code length} ids, pooled to their mean (FuxiCTR's MaskedAveragePooling) or sum.
   *
   * @param ids [rows * length], padded with 0
   */
  public static void sequences(
      Parameter table,
      int[] ids,
      int length,
      boolean mean,
      Variable target,
      int column,
      boolean differentiate) {
    EmbeddingKernel kernel = target.tape().kernels().embedding();
    Matrix block = block(target.value(), table, column);
    Ids index = Ids.of(ids, block.rows() * length);
    Vec scale = target.tape().allocate(block.rows()).vec();
    Matrix from = table.value().matrix();
    target.tape().forward(() -> kernel.gatherPooled(from, index, length, mean, block, scale));
    if (differentiate) {
      target.tape().record(target, () -> addBack(table, target, column, index, length, scale));
    }
  }

  /** The columns of a [rows, ..] tensor where rows of the table stand. */
  private static Matrix block(Tensor t, Parameter table, int column) {
    int rows = t.shape().dim(0);
    int width = t.size() / Math.max(rows, 1);
    return new Matrix(t.data(), t.offset() + column, rows, table.value().cols(), width);
  }

  private static void addBack(
      Parameter table, Variable target, int column, Ids index, int length, Vec scale) {
    EmbeddingKernel kernel = target.tape().kernels().embedding();
    table.rowGradient().add(kernel, block(target.gradient(), table, column), index, length, scale);
  }
}

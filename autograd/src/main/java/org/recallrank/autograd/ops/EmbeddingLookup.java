package org.recallrank.autograd.ops;

import org.recallrank.autograd.Parameter;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.kernels.EmbeddingKernel;
import org.recallrank.tensor.Tensor;

/**
 * Rows of a table, written into a block of columns of a larger matrix, so that the fields of a
 * batch end up side by side without being copied. Id 0 is padding: it is looked up like any other
 * but gets no gradient.
 */
public final class EmbeddingLookup {
  private EmbeddingLookup() {}

  /**
   * @param table [V, dim]
   * @param ids [rows]
   * @param target [rows, ..]; its columns from {@code column} on are written
   * @param differentiate whether the gradient flows into the table
   */
  public static void rows(
      Parameter table, int[] ids, Variable target, int column, boolean differentiate) {
    Tape tape = target.tape();
    EmbeddingKernel kernel = tape.kernels().embedding();
    Tensor t = table.value();
    Tensor out = target.value();
    int rows = out.shape().dim(0);
    int ld = out.size() / Math.max(rows, 1);
    int dim = t.cols();
    kernel.gather(t.data(), t.offset(), dim, ids, 0, rows, out.data(), out.offset() + column, ld);
    if (differentiate) {
      tape.record(target, () -> add(kernel, table, target, column, ld, ids, rows, 1, null));
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
    Tape tape = target.tape();
    EmbeddingKernel kernel = tape.kernels().embedding();
    Tensor t = table.value();
    Tensor out = target.value();
    int rows = out.shape().dim(0);
    int ld = out.size() / Math.max(rows, 1);
    float[] scale = tape.allocate(rows).data();
    kernel.gatherPooled(
        t.data(),
        t.offset(),
        t.cols(),
        ids,
        0,
        rows,
        length,
        mean,
        out.data(),
        out.offset() + column,
        ld,
        scale);
    if (differentiate) {
      tape.record(target, () -> add(kernel, table, target, column, ld, ids, rows, length, scale));
    }
  }

  private static void add(
      EmbeddingKernel kernel,
      Parameter table,
      Variable target,
      int column,
      int ld,
      int[] ids,
      int rows,
      int length,
      float[] scale) {
    Tensor g = target.gradient();
    table.rowGradient().add(kernel, g.data(), g.offset() + column, ld, ids, rows, length, scale);
  }
}

package org.recallrank.kernels;

/**
 * Rows out of a table and their gradients back into it. No matrix may be transposed, and none that
 * is written may overlap one that is read.
 */
public interface EmbeddingKernel {

  /**
   * out_i = table[index[i]] for each of the index.
   *
   * @param table [.., dim]
   * @param out [size of the index, dim]
   * @throws IndexOutOfBoundsException if an index is outside the table
   */
  void gather(Matrix table, Ids index, Matrix out);

  /**
   * Pools the {@code length} rows of each of n sequences: out_i = scale_i * sum over t of
   * table[index[i * length + t]].
   *
   * @param table [.., dim]
   * @param index n * length
   * @param mean true: scale_i = 1 / (c + 1e-12), c the number of positions whose row does not sum
   *     to exactly 0 (FuxiCTR's MaskedAveragePooling); false: scale_i = 1
   * @param out [n, dim]
   * @param scale n values, written: what the backward pass multiplies with
   * @throws IndexOutOfBoundsException if an index is outside the table
   */
  void gatherPooled(Matrix table, Ids index, int length, boolean mean, Matrix out, Vec scale);

  /**
   * target[index[p]] += scale[p / length] * source_{p / length} for each p of the index. A negative
   * index is skipped. The contributions to one row are added in order of p, whatever the number of
   * threads.
   *
   * @param source [n, dim]
   * @param index n * length
   * @param length 1 for plain rows
   * @param scale n factors, or null for 1
   * @param target [.., dim]
   * @throws IndexOutOfBoundsException if an index is outside the target
   */
  void scatterAdd(Matrix source, Ids index, int length, Vec scale, Matrix target);
}

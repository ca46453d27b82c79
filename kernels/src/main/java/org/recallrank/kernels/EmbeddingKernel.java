package org.recallrank.kernels;

/** Rows out of a table and their gradients back into it. */
public interface EmbeddingKernel {

  /**
   * out_i = table[index[i]] for i &lt; n. Table dense [.., dim]; output rows ldOut floats apart.
   *
   * @throws IndexOutOfBoundsException if an index is outside the table
   */
  void gather(
      float[] table,
      int tableOffset,
      int dim,
      int[] index,
      int indexOffset,
      int n,
      float[] out,
      int outOffset,
      int ldOut);

  /**
   * Pools the {@code length} rows of each of n sequences: out_i = scale_i * sum over t of
   * table[index[i * length + t]].
   *
   * @param mean true: scale_i = 1 / (c + 1e-12), c the number of positions whose row does not sum
   *     to exactly 0 (FuxiCTR's MaskedAveragePooling); false: scale_i = 1
   * @param scale n values, written: what the backward pass multiplies with
   */
  void gatherPooled(
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
      float[] scale);

  /**
   * target[index[p]] += scale[p / length] * source_{p / length} for p in 0 .. n * length - 1,
   * source rows ldSource floats apart, target dense [targetRows, dim]. A negative index is skipped.
   * The contributions to one row are added in order of p, whatever the number of threads.
   *
   * @param length 1 for plain rows
   * @param scale n factors, or null for 1
   */
  void scatterAdd(
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
      int targetRows);
}

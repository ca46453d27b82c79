package org.recallrank.kernels.scalar;

import org.recallrank.kernels.Workers;
import org.recallrank.kernels.base.EmbeddingBase;

/** Rows are copied and added one element after the other. */
final class ScalarEmbedding extends EmbeddingBase {
  ScalarEmbedding(Workers workers) {
    super(workers);
  }

  @Override
  protected void gatherRows(
      float[] table,
      int tableOffset,
      int dim,
      int[] index,
      int indexOffset,
      int n,
      float[] out,
      int outOffset,
      int ldOut) {
    for (int i = 0; i < n; i++) {
      int from = tableOffset + index[indexOffset + i] * dim;
      System.arraycopy(table, from, out, outOffset + i * ldOut, dim);
    }
  }

  @Override
  protected float poolRow(
      float[] table,
      int tableOffset,
      int dim,
      int[] index,
      int indexOffset,
      int length,
      boolean mean,
      float[] out,
      int outOffset) {
    for (int j = 0; j < dim; j++) {
      out[outOffset + j] = 0;
    }
    int used = 0;
    for (int t = 0; t < length; t++) {
      int row = tableOffset + index[indexOffset + t] * dim;
      float rowSum = 0;
      for (int j = 0; j < dim; j++) {
        float v = table[row + j];
        rowSum += v;
        out[outOffset + j] += v;
      }
      if (rowSum != 0) {
        used++;
      }
    }
    if (!mean) {
      return 1;
    }
    float scale = 1f / (used + 1e-12f);
    for (int j = 0; j < dim; j++) {
      out[outOffset + j] *= scale;
    }
    return scale;
  }

  @Override
  protected void addRows(
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
      int targetOffset) {
    for (int f = 0; f < count; f++) {
      int i = positions[f] / length;
      int from = sourceOffset + i * ldSource;
      int to = targetOffset + index[indexOffset + positions[f]] * dim;
      float s = scale == null ? 1 : scale[i];
      for (int j = 0; j < dim; j++) {
        target[to + j] += s * source[from + j];
      }
    }
  }
}

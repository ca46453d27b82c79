package org.recallrank.kernels.scalar;

import org.recallrank.kernels.EmbeddingBase;
import org.recallrank.kernels.Workers;

/** Rows are copied and added one element after the other. */
final class ScalarEmbedding extends EmbeddingBase {
  ScalarEmbedding(Workers workers) {
    super(workers);
  }

  @Override
  protected void gatherRows(
      float[] table, int tableOffset, int dim, int[] index, int indexOffset, int n, float[] out,
      int outOffset, int ldOut) {
    for (int i = 0; i < n; i++) {
      int from = tableOffset + index[indexOffset + i] * dim;
      System.arraycopy(table, from, out, outOffset + i * ldOut, dim);
    }
  }

  @Override
  protected float poolRow(
      float[] table, int tableOffset, int dim, int[] index, int indexOffset, int length,
      boolean mean, float[] out, int outOffset) {
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
  protected void addRow(
      float scale, float[] source, int sourceOffset, float[] target, int targetOffset, int dim) {
    for (int j = 0; j < dim; j++) {
      target[targetOffset + j] += scale * source[sourceOffset + j];
    }
  }
}

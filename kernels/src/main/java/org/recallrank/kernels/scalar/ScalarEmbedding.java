package org.recallrank.kernels.scalar;

import org.recallrank.kernels.Ids;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.Vec;
import org.recallrank.kernels.Workers;
import org.recallrank.kernels.base.EmbeddingBase;

/** Rows are copied and added one element after the other. */
final class ScalarEmbedding extends EmbeddingBase {
  ScalarEmbedding(Workers workers) {
    super(workers);
  }

  @Override
  protected void gatherRows(Matrix table, Ids index, int from, int to, Matrix out) {
    for (int i = from; i < to; i++) {
      System.arraycopy(
          table.data(), table.at(index.get(i), 0), out.data(), out.at(i, 0), out.cols());
    }
  }

  @Override
  protected float poolRow(Matrix table, Ids index, int i, int length, boolean mean, Matrix out) {
    float[] x = table.data();
    float[] y = out.data();
    int dim = out.cols();
    int to = out.at(i, 0);
    for (int j = 0; j < dim; j++) {
      y[to + j] = 0;
    }
    int used = 0;
    for (int t = 0; t < length; t++) {
      int row = table.at(index.get(i * length + t), 0);
      float rowSum = 0;
      for (int j = 0; j < dim; j++) {
        float v = x[row + j];
        rowSum += v;
        y[to + j] += v;
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
      y[to + j] *= scale;
    }
    return scale;
  }

  @Override
  protected void addRows(
      int[] positions, int count, Matrix source, Ids index, int length, Vec scale, Matrix target) {
    float[] x = source.data();
    float[] y = target.data();
    for (int f = 0; f < count; f++) {
      int i = positions[f] / length;
      int from = source.at(i, 0);
      int to = target.at(index.get(positions[f]), 0);
      float s = scale == null ? 1 : scale.get(i);
      for (int j = 0; j < source.cols(); j++) {
        y[to + j] += s * x[from + j];
      }
    }
  }
}

package org.recallrank.kernels.simd;

import static org.recallrank.kernels.simd.Lanes.FLOATS;
import static org.recallrank.kernels.simd.Lanes.N;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import org.recallrank.kernels.Workers;
import org.recallrank.kernels.base.EmbeddingBase;

/**
 * Rows are short, 10 to 64 floats, so a row is one or a few vectors of which the last is masked,
 * and the mask is made once for all rows.
 */
final class SimdEmbedding extends EmbeddingBase {
  SimdEmbedding(Workers workers) {
    super(workers);
  }

  private static VectorMask<Float> lastLanes(int dim) {
    return Lanes.first(dim - (dim - 1) / N * N);
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
    VectorMask<Float> last = lastLanes(dim);
    int lastStart = (dim - 1) / N * N;
    for (int i = 0; i < n; i++) {
      int from = tableOffset + index[indexOffset + i] * dim;
      int to = outOffset + i * ldOut;
      for (int j = 0; j < lastStart; j += N) {
        FloatVector.fromArray(FLOATS, table, from + j).intoArray(out, to + j);
      }
      FloatVector.fromArray(FLOATS, table, from + lastStart, last)
          .intoArray(out, to + lastStart, last);
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
    float scale =
        mean ? 1f / (used(table, tableOffset, dim, index, indexOffset, length) + 1e-12f) : 1;
    for (int j = 0; j < dim; j += N) {
      VectorMask<Float> lanes = Lanes.first(dim - j);
      FloatVector sum = FloatVector.zero(FLOATS);
      for (int t = 0; t < length; t++) {
        int row = tableOffset + index[indexOffset + t] * dim;
        sum = sum.add(FloatVector.fromArray(FLOATS, table, row + j, lanes));
      }
      sum.mul(scale).intoArray(out, outOffset + j, lanes);
    }
    return scale;
  }

  /** How many of the rows do not sum to exactly 0. */
  private static int used(
      float[] table, int tableOffset, int dim, int[] index, int indexOffset, int length) {
    int used = 0;
    for (int t = 0; t < length; t++) {
      int row = tableOffset + index[indexOffset + t] * dim;
      FloatVector sum = FloatVector.zero(FLOATS);
      for (int j = 0; j < dim; j += N) {
        sum = sum.add(FloatVector.fromArray(FLOATS, table, row + j, Lanes.first(dim - j)));
      }
      if (Lanes.sum(sum) != 0) {
        used++;
      }
    }
    return used;
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
    VectorMask<Float> last = lastLanes(dim);
    int lastStart = (dim - 1) / N * N;
    for (int f = 0; f < count; f++) {
      int p = positions[f];
      int i = length == 1 ? p : p / length;
      float s = scale == null ? 1 : scale[i];
      int from = sourceOffset + i * ldSource;
      int to = targetOffset + index[indexOffset + p] * dim;
      for (int j = 0; j < lastStart; j += N) {
        FloatVector.fromArray(FLOATS, target, to + j)
            .add(FloatVector.fromArray(FLOATS, source, from + j).mul(s))
            .intoArray(target, to + j);
      }
      FloatVector.fromArray(FLOATS, target, to + lastStart, last)
          .add(FloatVector.fromArray(FLOATS, source, from + lastStart, last).mul(s))
          .intoArray(target, to + lastStart, last);
    }
  }
}

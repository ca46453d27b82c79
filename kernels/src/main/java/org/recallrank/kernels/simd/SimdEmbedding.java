package org.recallrank.kernels.simd;

import static org.recallrank.kernels.simd.Lanes.FLOATS;
import static org.recallrank.kernels.simd.Lanes.N;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import org.recallrank.kernels.Ids;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.Vec;
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
  protected void gatherRows(Matrix table, Ids index, int from, int to, Matrix out) {
    float[] x = table.data();
    float[] y = out.data();
    int[] rows = index.data();
    int rowsAt = index.offset();
    int tableAt = table.offset();
    int tableStride = table.stride();
    int outAt = out.offset();
    int outStride = out.stride();
    int dim = out.cols();
    VectorMask<Float> last = lastLanes(dim);
    int lastStart = (dim - 1) / N * N;
    // Behind these a whole vector would stick out of an array, and the mask become an object.
    int safeRead = x.length - lastStart - N;
    int safeWrite = y.length - lastStart - N;
    for (int i = from; i < to; i++) {
      int read = tableAt + rows[rowsAt + i] * tableStride;
      int write = outAt + i * outStride;
      if (read > safeRead || write > safeWrite) {
        System.arraycopy(x, read, y, write, dim);
        continue;
      }
      for (int j = 0; j < lastStart; j += N) {
        FloatVector.fromArray(FLOATS, x, read + j).intoArray(y, write + j);
      }
      FloatVector.fromArray(FLOATS, x, read + lastStart, last)
          .intoArray(y, write + lastStart, last);
    }
  }

  @Override
  protected float poolRow(Matrix table, Ids index, int i, int length, boolean mean, Matrix out) {
    float[] x = table.data();
    int[] rows = index.data();
    int first = index.offset() + i * length;
    int dim = out.cols();
    float scale = mean ? 1f / (used(table, rows, first, length) + 1e-12f) : 1;
    int to = out.at(i, 0);
    for (int j = 0; j < dim; j += N) {
      VectorMask<Float> lanes = Lanes.first(dim - j);
      FloatVector sum = FloatVector.zero(FLOATS);
      for (int t = 0; t < length; t++) {
        int row = table.offset() + rows[first + t] * table.stride();
        sum = sum.add(FloatVector.fromArray(FLOATS, x, row + j, lanes));
      }
      sum.mul(scale).intoArray(out.data(), to + j, lanes);
    }
    return scale;
  }

  /** How many of the rows do not sum to exactly 0. */
  private static int used(Matrix table, int[] rows, int first, int length) {
    float[] x = table.data();
    int dim = table.cols();
    int used = 0;
    for (int t = 0; t < length; t++) {
      int row = table.offset() + rows[first + t] * table.stride();
      FloatVector sum = FloatVector.zero(FLOATS);
      for (int j = 0; j < dim; j += N) {
        sum = sum.add(FloatVector.fromArray(FLOATS, x, row + j, Lanes.first(dim - j)));
      }
      if (Lanes.sum(sum) != 0) {
        used++;
      }
    }
    return used;
  }

  @Override
  protected void addRows(
      int[] positions, int count, Matrix source, Ids index, int length, Vec scale, Matrix target) {
    float[] x = source.data();
    float[] y = target.data();
    int[] rows = index.data();
    int dim = source.cols();
    VectorMask<Float> last = lastLanes(dim);
    int lastStart = (dim - 1) / N * N;
    for (int f = 0; f < count; f++) {
      int p = positions[f];
      int i = length == 1 ? p : p / length;
      float s = scale == null ? 1 : scale.data()[scale.offset() + i];
      int from = source.offset() + i * source.stride();
      int to = target.offset() + rows[index.offset() + p] * target.stride();
      for (int j = 0; j < lastStart; j += N) {
        FloatVector.fromArray(FLOATS, y, to + j)
            .add(FloatVector.fromArray(FLOATS, x, from + j).mul(s))
            .intoArray(y, to + j);
      }
      FloatVector.fromArray(FLOATS, y, to + lastStart, last)
          .add(FloatVector.fromArray(FLOATS, x, from + lastStart, last).mul(s))
          .intoArray(y, to + lastStart, last);
    }
  }
}

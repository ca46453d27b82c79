package org.recallrank.kernels.simd;

import static org.recallrank.kernels.simd.Lanes.FLOATS;
import static org.recallrank.kernels.simd.Lanes.N;

import jdk.incubator.vector.FloatVector;
import org.recallrank.kernels.Ids;
import org.recallrank.kernels.Matrix;

/**
 * Weighted sums of the table rows that an index names: k of them, from a position on, make a row of
 * the output.
 */
final class WeightedSums {
  private final float[] table;
  private final int tableAt;
  private final int tableStride;
  private final int[] index;
  private final int indexAt;
  private final int k;
  private final float[] out;
  private final int outAt;
  private final int outStride;
  private final int dim;

  /** Of k rows of the table each, into rows of {@code out} of the same width. */
  WeightedSums(Matrix table, Ids index, int k, Matrix out) {
    this.table = table.data();
    tableAt = table.offset();
    tableStride = table.stride();
    this.index = index.data();
    indexAt = index.offset();
    this.k = k;
    this.out = out.data();
    outAt = out.offset();
    outStride = out.stride();
    dim = out.cols();
  }

  /**
   * Rows b * n to b * n + n - 1 of the output: with different weights of the same rows, those of
   * row b of the batch. Four at a time: their sums do not wait for each other, and share the loads
   * of the table.
   *
   * @param weightRow from the weights of one sum to those of the next
   * @param weightStep from the weight of one row to that of the next
   */
  void write(float[] weight, int weightRow, int weightStep, int n, int b) {
    int first = indexAt + b * k;
    int fours = dim % N == 0 ? n / 4 * 4 : 0;
    for (int r = 0; r < fours; r += 4) {
      int at = outAt + (b * n + r) * outStride;
      for (int j = 0; j < dim; j += N) {
        FloatVector s0 = FloatVector.zero(FLOATS);
        FloatVector s1 = FloatVector.zero(FLOATS);
        FloatVector s2 = FloatVector.zero(FLOATS);
        FloatVector s3 = FloatVector.zero(FLOATS);
        int w = r * weightRow;
        for (int p = 0; p < k; p++) {
          FloatVector row =
              FloatVector.fromArray(FLOATS, table, tableAt + index[first + p] * tableStride + j);
          s0 = row.fma(FloatVector.broadcast(FLOATS, weight[w]), s0);
          s1 = row.fma(FloatVector.broadcast(FLOATS, weight[w + weightRow]), s1);
          s2 = row.fma(FloatVector.broadcast(FLOATS, weight[w + 2 * weightRow]), s2);
          s3 = row.fma(FloatVector.broadcast(FLOATS, weight[w + 3 * weightRow]), s3);
          w += weightStep;
        }
        s0.intoArray(out, at + j);
        s1.intoArray(out, at + outStride + j);
        s2.intoArray(out, at + 2 * outStride + j);
        s3.intoArray(out, at + 3 * outStride + j);
      }
    }
    for (int r = fours; r < n; r++) {
      writeRow(weight, r * weightRow, weightStep, b, b * n + r);
    }
  }

  /** One row of the output, of the rows of row b of the batch. */
  void writeRow(float[] weight, int weightAt, int weightStep, int b, int outRow) {
    int first = indexAt + b * k;
    int to = outAt + outRow * outStride;
    int full = FLOATS.loopBound(dim);
    for (int j = 0; j < full; j += N) {
      FloatVector sum = FloatVector.zero(FLOATS);
      for (int p = 0; p < k; p++) {
        FloatVector row =
            FloatVector.fromArray(FLOATS, table, tableAt + index[first + p] * tableStride + j);
        sum = row.fma(FloatVector.broadcast(FLOATS, weight[weightAt + p * weightStep]), sum);
      }
      sum.intoArray(out, to + j);
    }
    for (int j = full; j < dim; j++) {
      float sum = 0;
      for (int p = 0; p < k; p++) {
        float x = table[tableAt + index[first + p] * tableStride + j];
        sum = Math.fma(x, weight[weightAt + p * weightStep], sum);
      }
      out[to + j] = sum;
    }
  }
}

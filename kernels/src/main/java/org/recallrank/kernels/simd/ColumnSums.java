package org.recallrank.kernels.simd;

import static org.recallrank.kernels.simd.Lanes.DOUBLES;
import static org.recallrank.kernels.simd.Lanes.FLOATS;
import static org.recallrank.kernels.simd.Lanes.N;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;

/**
 * Column sums in double: sixteen rows at a time, so that the running sums of a vector of columns
 * are loaded and stored once for all of them.
 */
final class ColumnSums {
  static final int ROWS = 16;

  private ColumnSums() {}

  /** sums[at + j] += sum over the rows of column j; cols is a multiple of the vector length. */
  static void add(float[] x, int xAt, int ld, int rows, int cols, double[] sums, int at) {
    for (int i = 0; i < rows; i += ROWS) {
      int end = Math.min(rows, i + ROWS);
      for (int j = 0; j < cols; j += N) {
        DoubleVector low = DoubleVector.zero(DOUBLES);
        DoubleVector high = DoubleVector.zero(DOUBLES);
        for (int r = i; r < end; r++) {
          FloatVector v = FloatVector.fromArray(FLOATS, x, xAt + r * ld + j);
          low = low.add(Lanes.low(v));
          high = high.add(Lanes.high(v));
        }
        addTo(sums, at + j, low, high);
      }
    }
  }

  /** Adds the two halves of a vector of sums. */
  static void addTo(double[] sums, int at, DoubleVector low, DoubleVector high) {
    DoubleVector.fromArray(DOUBLES, sums, at).add(low).intoArray(sums, at);
    DoubleVector.fromArray(DOUBLES, sums, at + N / 2).add(high).intoArray(sums, at + N / 2);
  }
}

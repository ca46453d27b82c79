package org.recallrank.kernels.simd;

import static org.recallrank.kernels.simd.Lanes.DOUBLES;
import static org.recallrank.kernels.simd.Lanes.FLOATS;
import static org.recallrank.kernels.simd.Lanes.N;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Column sums in double: sixteen rows at a time, so that the running sums of a vector of columns
 * are loaded and stored once for all of them.
 */
final class ColumnSums {
  static final int ROWS = 16;

  private ColumnSums() {}

  /** sums[at + j] += sum over the rows of column j. */
  static void add(float[] x, int xAt, int ld, int rows, int cols, double[] sums, int at) {
    for (int i = 0; i < rows; i += ROWS) {
      int end = Math.min(rows, i + ROWS);
      for (int j = 0; j < cols; j += N) {
        VectorMask<Float> lanes = Lanes.first(cols - j);
        DoubleVector low = DoubleVector.zero(DOUBLES);
        DoubleVector high = DoubleVector.zero(DOUBLES);
        for (int r = i; r < end; r++) {
          FloatVector v = FloatVector.fromArray(FLOATS, x, xAt + r * ld + j, lanes);
          low = low.add(Lanes.low(v));
          high = high.add(Lanes.high(v));
        }
        addTo(sums, at + j, low, high, cols - j);
      }
    }
  }

  /** Adds two halves to at most {@code left} sums. */
  static void addTo(double[] sums, int at, DoubleVector low, DoubleVector high, int left) {
    VectorMask<Double> lowLanes = DOUBLES.indexInRange(0, left);
    VectorMask<Double> highLanes = DOUBLES.indexInRange(N / 2, left);
    DoubleVector.fromArray(DOUBLES, sums, at, lowLanes).add(low).intoArray(sums, at, lowLanes);
    int second = at + N / 2;
    if (left > N / 2) {
      DoubleVector.fromArray(DOUBLES, sums, second, highLanes)
          .add(high)
          .intoArray(sums, second, highLanes);
    }
  }
}

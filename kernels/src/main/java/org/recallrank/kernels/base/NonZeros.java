package org.recallrank.kernels.base;

import org.recallrank.kernels.Matrix;

/** The elements of a row that are not zero, for products that skip the others. */
public final class NonZeros {
  private NonZeros() {}

  /**
   * Writes the elements of a row that are not zero, and their columns; NaN is one of them. There is
   * no branch on an element, since nobody foresees it.
   *
   * @param a not transposed
   * @param values takes as many as a has columns
   * @param columns likewise
   * @return how many there are; what lies behind them in the arrays means nothing
   */
  public static int collect(Matrix a, int row, float[] values, int[] columns) {
    float[] data = a.data();
    int at = a.at(row, 0);
    int depth = a.cols();
    int count = 0;
    for (int p = 0; p < depth; p++) {
      float x = data[at + p];
      values[count] = x;
      columns[count] = p;
      count += x == 0 ? 0 : 1;
    }
    return count;
  }
}

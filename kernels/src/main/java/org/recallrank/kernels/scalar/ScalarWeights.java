package org.recallrank.kernels.scalar;

import org.recallrank.kernels.MatMulKernel;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.Vec;

/**
 * A packed matrix [rows, cols]: an array for each row, or, if it has but a few columns, for each
 * column.
 */
final class ScalarWeights implements MatMulKernel.Packed {
  /** Rows with fewer elements than a vector of most machines are not worth a loop. */
  private static final int FEW_COLUMNS = 8;

  private final int rows;
  private final int cols;

  /** The rows, or the columns if {@link #byColumns}. */
  final float[][] lines;

  /** Zeros without one. */
  final float[] bias;

  ScalarWeights(Matrix b, Vec bias) {
    rows = b.rows();
    cols = b.cols();
    this.bias = new float[cols];
    if (bias != null) {
      System.arraycopy(bias.data(), bias.offset(), this.bias, 0, cols);
    }
    Matrix source = byColumns() ? b.t() : b;
    lines = new float[source.rows()][source.cols()];
    for (int i = 0; i < lines.length; i++) {
      for (int j = 0; j < lines[i].length; j++) {
        lines[i][j] = source.data()[source.at(i, j)];
      }
    }
  }

  boolean byColumns() {
    return cols < FEW_COLUMNS;
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public int cols() {
    return cols;
  }
}

package org.recallrank.kernels.simd.gemm;

import static org.recallrank.kernels.simd.Lanes.N;

import org.recallrank.kernels.MatMulKernel;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.Vec;

/**
 * A packed matrix [rows, cols] in panels of two vectors of columns, each panel by rows; the last
 * has one vector if that is enough. Columns that are missing from the last vector are zeros.
 */
final class Weights implements MatMulKernel.Packed {
  /** Columns of a panel, and floats from one of its rows to the next. */
  static final int WIDTH = 2 * N;

  private final int rows;
  private final int cols;

  /** The panels, one after the other. */
  final float[] panels;

  /** Up to a whole vector, zeros without one. */
  final float[] bias;

  Weights(Matrix b, Vec bias) {
    rows = b.rows();
    cols = b.cols();
    int vectors = (int) ((cols + (long) N - 1) / N);
    this.bias = new float[Math.multiplyExact(vectors, N)];
    if (bias != null) {
      System.arraycopy(bias.data(), bias.offset(), this.bias, 0, cols);
    }
    panels = new float[Math.multiplyExact(this.bias.length, rows)];
    for (int from = 0; from < cols; from += WIDTH) {
      copy(b, from);
    }
  }

  private void copy(Matrix b, int from) {
    int at = panel(from);
    int width = width(from);
    int end = Math.min(cols, from + width);
    for (int p = 0; p < rows; p++) {
      for (int j = from; j < end; j++) {
        panels[at + p * width + j - from] = b.data()[b.at(p, j)];
      }
    }
  }

  /** Where the panel that begins with a column starts. */
  int panel(int from) {
    return from * rows;
  }

  /** Columns of the panel that begins with a column: one or two vectors. */
  int width(int from) {
    return Math.min(WIDTH, bias.length - from);
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

package org.recallrank.kernels.simd.gemm;

import static org.recallrank.kernels.simd.Lanes.FLOATS;
import static org.recallrank.kernels.simd.Lanes.N;

import jdk.incubator.vector.FloatVector;

/**
 * Packs rows of op(A) for {@link GemmTiles} and {@link NarrowPackedTiles}: tile after tile of some
 * rows, in each the depth, in each step the elements of the rows.
 */
final class PackedRows {
  /** Rows of a tile. */
  static final int ROWS = Blocking.WIDE ? GemmTiles.ROWS : NarrowPackedTiles.ROWS;

  /** Steps of depth that are copied at a time; see {@link PackedPanels}. */
  private static final int STRIP = 16;

  private PackedRows() {}

  /** Floats that a number of rows needs. */
  static int size(int rows, int depth) {
    return tileAt(rows + ROWS - 1, depth);
  }

  /**
   * Where the tile of a row starts, the first in it. Between tiles lies a gap, because whole
   * vectors are written and the last one sticks out.
   */
  static int tileAt(int row, int depth) {
    return row / ROWS * (ROWS * depth + N);
  }

  /**
   * Transposes rows of A: element (i, p) stands at {@code a[aAt + i * aRow + p]}. Rows that the
   * last tile lacks hold anything.
   */
  static void transpose(int rows, int depth, float[] a, int aAt, int aRow, float[] to) {
    boolean whole = N == EightRows.LANES && depth >= N;
    for (int i = 0; i < rows; i += ROWS) {
      int from = aAt + i * aRow;
      int at = tileAt(i, depth);
      int there = Math.min(ROWS, rows - i);
      if (whole && there == ROWS) {
        EightRows.transpose(depth, a, from, aRow, to, at);
        continue;
      }
      for (int r = 0; r < there; r += 4) {
        if (r + 4 <= there) {
          transposeFour(depth, a, from + r * aRow, aRow, to, at + r);
        } else {
          for (int left = r; left < there; left++) {
            transposeOne(depth, a, from + left * aRow, to, at + left);
          }
        }
      }
    }
  }

  private static void transposeFour(int depth, float[] a, int aAt, int aRow, float[] to, int at) {
    int a1 = aAt + aRow;
    int a2 = a1 + aRow;
    int a3 = a2 + aRow;
    for (int p = 0; p < depth; p++) {
      int q = at + p * ROWS;
      to[q] = a[aAt + p];
      to[q + 1] = a[a1 + p];
      to[q + 2] = a[a2 + p];
      to[q + 3] = a[a3 + p];
    }
  }

  private static void transposeOne(int depth, float[] a, int aAt, float[] to, int at) {
    for (int p = 0; p < depth; p++) {
      to[at + p * ROWS] = a[aAt + p];
    }
  }

  /**
   * Copies rows of A^T: element (i, p) stands at {@code a[aAt + p * aCol + i]}. Rows that the last
   * tile lacks hold anything.
   */
  static void copy(int rows, int depth, float[] a, int aAt, int aCol, float[] to) {
    for (int p = 0; p < depth; p += STRIP) {
      int steps = Math.min(STRIP, depth - p);
      for (int i = 0; i < rows; i += ROWS) {
        int from = aAt + i + p * aCol;
        int at = tileAt(i, depth) + p * ROWS;
        if (N == EightRows.LANES && steps % 2 == 0 && i + N <= rows) {
          EightRows.copyTwoTiles(steps, a, from, aCol, to, at, tileAt(i + ROWS, depth) + p * ROWS);
          i += ROWS;
        } else if (N >= ROWS && from + (steps - 1) * aCol <= a.length - N) {
          copyVectors(steps, a, from, aCol, to, at);
        } else {
          copyElements(Math.min(ROWS, rows - i), steps, a, from, aCol, to, at);
        }
      }
    }
  }

  /** Whole vectors: what the first one writes past its rows, the second writes over. */
  private static void copyVectors(int steps, float[] a, int aAt, int aCol, float[] to, int at) {
    for (int p = 0; p < steps; p++) {
      FloatVector.fromArray(FLOATS, a, aAt + p * aCol).intoArray(to, at + p * ROWS);
    }
  }

  private static void copyElements(
      int rows, int steps, float[] a, int aAt, int aCol, float[] to, int at) {
    for (int p = 0; p < steps; p++) {
      for (int r = 0; r < rows; r++) {
        to[at + p * ROWS + r] = a[aAt + p * aCol + r];
      }
    }
  }
}

package org.recallrank.kernels.simd;

import static org.recallrank.kernels.simd.Lanes.FLOATS;
import static org.recallrank.kernels.simd.Lanes.N;

import jdk.incubator.vector.FloatVector;

/**
 * Packs rows of op(A) that is stored transposed, for {@link NarrowPackedTiles}: tile after tile of
 * five rows, in each the depth, in each step the five elements.
 */
final class PackedRows {
  private static final int ROWS = NarrowPackedTiles.ROWS;

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
   * Copies rows of A^T: element (i, p) stands at {@code a[aAt + p * aCol + i]}. Rows that the last
   * tile lacks hold anything.
   */
  static void pack(int rows, int depth, float[] a, int aAt, int aCol, float[] to) {
    for (int p = 0; p < depth; p += STRIP) {
      int steps = Math.min(STRIP, depth - p);
      for (int i = 0; i < rows; i += ROWS) {
        int from = aAt + i + p * aCol;
        int at = tileAt(i, depth) + p * ROWS;
        if (N >= ROWS && from + (steps - 1) * aCol <= a.length - N) {
          copy(steps, a, from, aCol, to, at);
        } else {
          copy(Math.min(ROWS, rows - i), steps, a, from, aCol, to, at);
        }
      }
    }
  }

  /** Whole vectors: what the first one writes past its five, the second writes over. */
  private static void copy(int steps, float[] a, int aAt, int aCol, float[] to, int at) {
    for (int p = 0; p < steps; p++) {
      FloatVector.fromArray(FLOATS, a, aAt + p * aCol).intoArray(to, at + p * ROWS);
    }
  }

  private static void copy(int rows, int steps, float[] a, int aAt, int aCol, float[] to, int at) {
    for (int p = 0; p < steps; p++) {
      for (int r = 0; r < rows; r++) {
        to[at + p * ROWS + r] = a[aAt + p * aCol + r];
      }
    }
  }
}

package org.recallrank.kernels.simd;

import static org.recallrank.kernels.simd.Lanes.FLOATS;
import static org.recallrank.kernels.simd.Lanes.N;
import static org.recallrank.kernels.simd.Lanes.ORDER;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * op(B) of a matrix product, times alpha, copied into the order in which the tiles read it.
 *
 * <p>The columns are cut into panels of up to {@link #WIDEST} vectors, as even as possible (25
 * vectors become seven panels of 3 and two of 2, so no narrow rest is left), the depth into even
 * blocks whose panel L2 delivers fast enough. Columns past n are zero:
 *
 * <pre>
 * block 0: panel 0 [depth 0, width 0], panel 1 [depth 0, width 1], ...
 * block 1: panel 0 [depth 1, width 0], ...
 * </pre>
 *
 * <p>The copy lies outside the heap because there it can start on a cache line; arrays cannot, and
 * a load that crosses two lines costs two.
 */
final class PackedPanels {
  /** Six rows of three vectors need 22 registers; with vectors below 512 bits count on 16. */
  static final int WIDEST = N >= 16 ? 3 : 2;

  /** 192 to 400 differ by 3 to 8 percent; a depth of 400 in one block writes C once. */
  private static final int DEEPEST = 400;

  private static final long CACHE_LINE = 64;
  private static final int BYTES = N * Float.BYTES;

  private MemorySegment memory = MemorySegment.NULL;
  private int vectors;
  private int panels;
  private int blocks;
  private int n;
  private int k;

  /** Lays out the panels of a [k, n] matrix. */
  void layOut(int k, int n) {
    this.k = k;
    this.n = n;
    vectors = (n + N - 1) / N;
    panels = (vectors + WIDEST - 1) / WIDEST;
    blocks = Math.max(1, (k + DEEPEST - 1) / DEEPEST);
    long bytes = (long) k * vectors * BYTES;
    if (memory.byteSize() < bytes) {
      memory = Arena.ofAuto().allocate(bytes, CACHE_LINE);
    }
  }

  MemorySegment memory() {
    return memory;
  }

  /** How many panels there are. */
  int count() {
    return panels;
  }

  /** At least as many as the elements of any panel. */
  long elementsOfWidest() {
    return (long) k * N * WIDEST;
  }

  int blocks() {
    return blocks;
  }

  /** First step of depth of a block; that of block {@code blocks()} is k. */
  int blockStart(int block) {
    return (int) ((long) k * block / blocks);
  }

  /** First vector of columns of a panel; that of panel {@code count()} is their number. */
  int start(int panel) {
    int narrow = vectors / panels;
    return panel * narrow + Math.min(panel, vectors % panels);
  }

  /** How many vectors wide a panel is. */
  int width(int panel) {
    return start(panel + 1) - start(panel);
  }

  /** Where in {@link #memory} a panel of a block starts. */
  long address(int block, int panel) {
    long start = blockStart(block);
    long depth = blockStart(block + 1) - start;
    return (start * vectors + depth * start(panel)) * BYTES;
  }

  /** Fills one panel, all blocks. */
  void pack(int panel, boolean transposed, float alpha, float[] b, int bOffset, int ldb) {
    int firstVector = start(panel);
    int width = width(panel);
    for (int block = 0; block < blocks; block++) {
      int from = blockStart(block);
      int depth = blockStart(block + 1) - from;
      long at = address(block, panel);
      for (int v = 0; v < width; v++) {
        int column = (firstVector + v) * N;
        int columns = Math.min(N, n - column);
        long to = at + (long) v * BYTES;
        if (transposed) {
          turn(alpha, b, bOffset + column * ldb + from, ldb, depth, columns, to, width * BYTES);
        } else {
          copy(alpha, b, bOffset + from * ldb + column, ldb, depth, columns, to, width * BYTES);
        }
      }
    }
  }

  /** One vector of columns of a B stored [k, n]. */
  private void copy(
      float alpha, float[] b, int bAt, int ldb, int depth, int columns, long to, long step) {
    if (columns == N) { // so is every vector but perhaps the last, and a mask takes time
      for (int p = 0; p < depth; p++) {
        FloatVector.fromArray(FLOATS, b, bAt + p * ldb)
            .mul(alpha)
            .intoMemorySegment(memory, to + p * step, ORDER);
      }
      return;
    }
    VectorMask<Float> mask = FLOATS.indexInRange(0, columns);
    for (int p = 0; p < depth; p++) {
      FloatVector.fromArray(FLOATS, b, bAt + p * ldb, mask)
          .mul(alpha)
          .intoMemorySegment(memory, to + p * step, ORDER);
    }
  }

  /** One vector of columns of a B stored [n, k]. */
  private void turn(
      float alpha, float[] b, int bAt, int ldb, int depth, int columns, long to, long step) {
    for (int p = 0; p < depth; p++) {
      long row = to + p * step;
      for (int j = 0; j < columns; j++) {
        memory.set(
            ValueLayout.JAVA_FLOAT, row + (long) j * Float.BYTES, alpha * b[bAt + j * ldb + p]);
      }
      for (int j = columns; j < N; j++) {
        memory.set(ValueLayout.JAVA_FLOAT, row + (long) j * Float.BYTES, 0);
      }
    }
  }
}

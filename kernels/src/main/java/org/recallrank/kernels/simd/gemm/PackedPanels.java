package org.recallrank.kernels.simd.gemm;

import static org.recallrank.kernels.simd.Lanes.FLOATS;
import static org.recallrank.kernels.simd.Lanes.N;
import static org.recallrank.kernels.simd.Lanes.ORDER;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import org.recallrank.kernels.Matrix;

/**
 * op(B) of a matrix product, times alpha, in the order in which the tiles read it.
 *
 * <p>The columns are cut into panels of up to {@link Blocking#PANEL} vectors, as even as possible
 * (25 vectors become seven panels of 3 and two of 2, so no narrow rest is left), the depth into
 * even blocks. Columns past n are zero:
 *
 * <pre>
 * block 0: panel 0 [depth 0, width 0], panel 1 [depth 0, width 1], ...
 * block 1: panel 0 [depth 1, width 0], ...
 * </pre>
 */
final class PackedPanels {
  /** Steps of depth that are copied at a time. */
  private static final int STRIP = 16;

  private int vectors;
  private int panels;
  private int blocks;
  private Matrix b;
  private float alpha;

  /** Takes B and lays its panels out. */
  void layOut(Matrix b, float alpha) {
    this.b = b;
    this.alpha = alpha;
    vectors = (b.cols() + N - 1) / N;
    panels = (vectors + Blocking.PANEL - 1) / Blocking.PANEL;
    cutDepth(Blocking.DEPTH);
  }

  /** Cuts the depth into even blocks of at most so many steps. */
  void cutDepth(int most) {
    blocks = Math.max(1, (b.rows() + most - 1) / most);
  }

  void forget() {
    b = null;
  }

  /** Floats of all panels. */
  int size() {
    return Math.toIntExact((long) b.rows() * vectors * N);
  }

  /** At least as many as the floats of any panel, all blocks. */
  long sizeOfWidest() {
    return (long) b.rows() * N * Blocking.PANEL;
  }

  /** How many panels there are. */
  int count() {
    return panels;
  }

  int blocks() {
    return blocks;
  }

  /** Whether the tiles may read B as it is. */
  boolean canBeReadInPlace() {
    return !b.transposed() && alpha == 1;
  }

  /** Whether packing transposes B, which takes longer than copying it. */
  boolean transposes() {
    return b.transposed();
  }

  /** B as it is stored. */
  Matrix source() {
    return b;
  }

  /** First step of depth of a block; that of block {@code blocks()} is k. */
  int blockStart(int block) {
    return (int) ((long) b.rows() * block / blocks);
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

  /** Where among all panels one of a block starts, in floats. */
  int address(int block, int panel) {
    int start = blockStart(block);
    return (start * vectors + (blockStart(block + 1) - start) * start(panel)) * N;
  }

  /**
   * Copies some panels of a block, so that the first of them starts at {@code at}.
   *
   * <p>Goes down a few steps of depth at a time through all the panels: a panel alone, from its
   * first step to its last, would touch a new page of a wide B almost at every step, and each panel
   * would touch them all again, which the processor's table of pages cannot hold.
   */
  void pack(int block, int firstPanel, int endPanel, PanelMemory to, int at) {
    int from = blockStart(block);
    int end = blockStart(block + 1);
    int depth = end - from;
    int strip = b.transposed() ? Math.max(1, depth) : STRIP;
    for (int p = from; p < end; p += strip) {
      int steps = Math.min(strip, end - p);
      for (int panel = firstPanel; panel < endPanel; panel++) {
        int start = start(panel);
        int width = width(panel);
        int panelAt = at + (start - start(firstPanel)) * depth * N + (p - from) * width * N;
        for (int v = 0; v < width; v++) {
          int column = (start + v) * N;
          int columns = Math.min(N, b.cols() - column);
          int vectorAt = panelAt + v * N;
          if (columns < N || b.transposed()) {
            copyElements(b.at(p, column), steps, columns, to, vectorAt, width * N);
          } else {
            copyVectors(b.at(p, column), steps, to, vectorAt, width * N);
          }
        }
      }
    }
  }

  /**
   * One whole vector of columns of a B stored row by row. The vector is not handed over to the
   * memory: where that call is not taken in, it would be an object.
   */
  private void copyVectors(int bAt, int depth, PanelMemory to, int at, int step) {
    float[] b = this.b.data();
    float alpha = this.alpha;
    int ldb = this.b.stride();
    if (to.array == null) {
      MemorySegment segment = to.segment;
      for (int p = 0; p < depth; p++) {
        FloatVector.fromArray(FLOATS, b, bAt + p * ldb)
            .mul(alpha)
            .intoMemorySegment(segment, (long) (at + p * step) * Float.BYTES, ORDER);
      }
      return;
    }
    float[] array = to.array;
    for (int p = 0; p < depth; p++) {
      FloatVector.fromArray(FLOATS, b, bAt + p * ldb).mul(alpha).intoArray(array, at + p * step);
    }
  }

  /**
   * One vector of columns of a transposed B, or the last, which may be short: with a mask in a loop
   * the compiler boxes vectors.
   */
  private void copyElements(int bAt, int depth, int columns, PanelMemory to, int at, int step) {
    float[] b = this.b.data();
    float alpha = this.alpha;
    int rowStep = this.b.rowStep();
    int columnStep = this.b.columnStep();
    for (int p = 0; p < depth; p++) {
      int row = at + p * step;
      for (int j = 0; j < columns; j++) {
        to.put(row + j, alpha * b[bAt + j * columnStep + p * rowStep]);
      }
      for (int j = columns; j < N; j++) {
        to.put(row + j, 0);
      }
    }
  }
}

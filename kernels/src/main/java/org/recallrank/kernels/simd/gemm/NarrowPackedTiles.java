package org.recallrank.kernels.simd.gemm;

import static org.recallrank.kernels.simd.Lanes.FLOATS;
import static org.recallrank.kernels.simd.Lanes.N;

import jdk.incubator.vector.FloatVector;

/**
 * The innermost loops of the matrix product for machines with 16 vector registers, A packed: a tile
 * of five rows by one or two vectors of C. Element (i, p) of the tile's part of A stands at {@code
 * aAt + p * 5 + i}.
 *
 * <p>For a transposed A, of which a step of depth is one piece of memory: packing it copies a
 * vector at a time. Five rows, because of packed rows the JIT compiler loads three elements ahead:
 * 10 accumulators, 2 of B and 3 of A fit into 16 registers, six rows do not and run at half the
 * speed.
 *
 * <p>Arguments as in {@link NarrowTiles}.
 */
final class NarrowPackedTiles {
  static final int ROWS = 5;

  private NarrowPackedTiles() {}

  /** Five rows by two vectors. */
  static void by2(
      int rows,
      int depth,
      float[] a,
      int aAt,
      int aCol,
      float[] b,
      int bAt,
      float[] start,
      int startAt,
      int ldStart,
      float[] c,
      int cAt,
      int ldc) {
    if (rows < 1) {
      return;
    }
    FloatVector c00 = FloatVector.fromArray(FLOATS, start, startAt);
    FloatVector c01 = FloatVector.fromArray(FLOATS, start, startAt + N);
    int r1 = Math.min(1, rows - 1);
    int s1 = startAt + r1 * ldStart;
    FloatVector c10 = FloatVector.fromArray(FLOATS, start, s1);
    FloatVector c11 = FloatVector.fromArray(FLOATS, start, s1 + N);
    int r2 = Math.min(2, rows - 1);
    int s2 = startAt + r2 * ldStart;
    FloatVector c20 = FloatVector.fromArray(FLOATS, start, s2);
    FloatVector c21 = FloatVector.fromArray(FLOATS, start, s2 + N);
    int r3 = Math.min(3, rows - 1);
    int s3 = startAt + r3 * ldStart;
    FloatVector c30 = FloatVector.fromArray(FLOATS, start, s3);
    FloatVector c31 = FloatVector.fromArray(FLOATS, start, s3 + N);
    int r4 = Math.min(4, rows - 1);
    int s4 = startAt + r4 * ldStart;
    FloatVector c40 = FloatVector.fromArray(FLOATS, start, s4);
    FloatVector c41 = FloatVector.fromArray(FLOATS, start, s4 + N);
    int q = aAt;
    for (int p = 0; p < depth; p++) {
      FloatVector b0 = FloatVector.fromArray(FLOATS, b, bAt + p * (2 * N));
      FloatVector b1 = FloatVector.fromArray(FLOATS, b, bAt + p * (2 * N) + N);
      FloatVector x0 = FloatVector.broadcast(FLOATS, a[q]);
      c00 = x0.fma(b0, c00);
      c01 = x0.fma(b1, c01);
      FloatVector x1 = FloatVector.broadcast(FLOATS, a[q + 1]);
      c10 = x1.fma(b0, c10);
      c11 = x1.fma(b1, c11);
      FloatVector x2 = FloatVector.broadcast(FLOATS, a[q + 2]);
      c20 = x2.fma(b0, c20);
      c21 = x2.fma(b1, c21);
      FloatVector x3 = FloatVector.broadcast(FLOATS, a[q + 3]);
      c30 = x3.fma(b0, c30);
      c31 = x3.fma(b1, c31);
      FloatVector x4 = FloatVector.broadcast(FLOATS, a[q + 4]);
      c40 = x4.fma(b0, c40);
      c41 = x4.fma(b1, c41);
      q += aCol;
    }
    c00.intoArray(c, cAt);
    c01.intoArray(c, cAt + N);
    if (rows > 1) {
      c10.intoArray(c, cAt + ldc);
      c11.intoArray(c, cAt + ldc + N);
    }
    if (rows > 2) {
      c20.intoArray(c, cAt + 2 * ldc);
      c21.intoArray(c, cAt + 2 * ldc + N);
    }
    if (rows > 3) {
      c30.intoArray(c, cAt + 3 * ldc);
      c31.intoArray(c, cAt + 3 * ldc + N);
    }
    if (rows > 4) {
      c40.intoArray(c, cAt + 4 * ldc);
      c41.intoArray(c, cAt + 4 * ldc + N);
    }
  }

  /** Five rows by one vector. */
  static void by1(
      int rows,
      int depth,
      float[] a,
      int aAt,
      int aCol,
      float[] b,
      int bAt,
      float[] start,
      int startAt,
      int ldStart,
      float[] c,
      int cAt,
      int ldc) {
    if (rows < 1) {
      return;
    }
    FloatVector c00 = FloatVector.fromArray(FLOATS, start, startAt);
    int r1 = Math.min(1, rows - 1);
    int s1 = startAt + r1 * ldStart;
    FloatVector c10 = FloatVector.fromArray(FLOATS, start, s1);
    int r2 = Math.min(2, rows - 1);
    int s2 = startAt + r2 * ldStart;
    FloatVector c20 = FloatVector.fromArray(FLOATS, start, s2);
    int r3 = Math.min(3, rows - 1);
    int s3 = startAt + r3 * ldStart;
    FloatVector c30 = FloatVector.fromArray(FLOATS, start, s3);
    int r4 = Math.min(4, rows - 1);
    int s4 = startAt + r4 * ldStart;
    FloatVector c40 = FloatVector.fromArray(FLOATS, start, s4);
    int q = aAt;
    for (int p = 0; p < depth; p++) {
      FloatVector b0 = FloatVector.fromArray(FLOATS, b, bAt + p * N);
      FloatVector x0 = FloatVector.broadcast(FLOATS, a[q]);
      c00 = x0.fma(b0, c00);
      FloatVector x1 = FloatVector.broadcast(FLOATS, a[q + 1]);
      c10 = x1.fma(b0, c10);
      FloatVector x2 = FloatVector.broadcast(FLOATS, a[q + 2]);
      c20 = x2.fma(b0, c20);
      FloatVector x3 = FloatVector.broadcast(FLOATS, a[q + 3]);
      c30 = x3.fma(b0, c30);
      FloatVector x4 = FloatVector.broadcast(FLOATS, a[q + 4]);
      c40 = x4.fma(b0, c40);
      q += aCol;
    }
    c00.intoArray(c, cAt);
    if (rows > 1) {
      c10.intoArray(c, cAt + ldc);
    }
    if (rows > 2) {
      c20.intoArray(c, cAt + 2 * ldc);
    }
    if (rows > 3) {
      c30.intoArray(c, cAt + 3 * ldc);
    }
    if (rows > 4) {
      c40.intoArray(c, cAt + 4 * ldc);
    }
  }
}

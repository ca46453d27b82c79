package org.recallrank.kernels.simd.gemm;

import static org.recallrank.kernels.simd.Lanes.FLOATS;
import static org.recallrank.kernels.simd.Lanes.N;

import jdk.incubator.vector.FloatVector;

/**
 * The innermost loops of the matrix product for machines with 16 vector registers, A row-major and
 * read where it lies: a tile of six rows by one or two vectors of C.
 *
 * <p>Six by two needs 12 accumulators, two registers for B and one for the element of A: 15. The 12
 * hide the latency of the multiply-add (two per cycle, four or five cycles each), and one step of
 * depth costs 8 loads for 12 of them.
 *
 * <p>The JIT compiler lifts loads of A as far up as it may, and one vector too many turns an
 * accumulator into a variable in memory: half the speed. Seen to stay in registers is this form
 * only: A and B in arrays (not memory segments), the step through A the constant 1, so that the
 * bounds checks leave the loop, one step of depth per round. The same tile over packed rows of six
 * spills; see {@link NarrowPackedTiles}. That a row of B crosses cache lines, as it may in an
 * array, costs 256-bit loads little here.
 *
 * <p>Arguments as in {@link GemmTiles}, but B is an array, and row i of A starts at {@code aAt + i
 * * aRow}; in place of missing rows the last is computed again.
 */
final class NarrowTiles {
  static final int ROWS = 6;

  private NarrowTiles() {}

  /** Six rows by two vectors. */
  static void by2(
      int rows,
      int depth,
      float[] a,
      int aAt,
      int aRow,
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
    int a0 = aAt;
    FloatVector c00 = FloatVector.fromArray(FLOATS, start, startAt);
    FloatVector c01 = FloatVector.fromArray(FLOATS, start, startAt + N);
    int r1 = Math.min(1, rows - 1);
    int a1 = aAt + r1 * aRow;
    int s1 = startAt + r1 * ldStart;
    FloatVector c10 = FloatVector.fromArray(FLOATS, start, s1);
    FloatVector c11 = FloatVector.fromArray(FLOATS, start, s1 + N);
    int r2 = Math.min(2, rows - 1);
    int a2 = aAt + r2 * aRow;
    int s2 = startAt + r2 * ldStart;
    FloatVector c20 = FloatVector.fromArray(FLOATS, start, s2);
    FloatVector c21 = FloatVector.fromArray(FLOATS, start, s2 + N);
    int r3 = Math.min(3, rows - 1);
    int a3 = aAt + r3 * aRow;
    int s3 = startAt + r3 * ldStart;
    FloatVector c30 = FloatVector.fromArray(FLOATS, start, s3);
    FloatVector c31 = FloatVector.fromArray(FLOATS, start, s3 + N);
    int r4 = Math.min(4, rows - 1);
    int a4 = aAt + r4 * aRow;
    int s4 = startAt + r4 * ldStart;
    FloatVector c40 = FloatVector.fromArray(FLOATS, start, s4);
    FloatVector c41 = FloatVector.fromArray(FLOATS, start, s4 + N);
    int r5 = Math.min(5, rows - 1);
    int a5 = aAt + r5 * aRow;
    int s5 = startAt + r5 * ldStart;
    FloatVector c50 = FloatVector.fromArray(FLOATS, start, s5);
    FloatVector c51 = FloatVector.fromArray(FLOATS, start, s5 + N);
    for (int p = 0; p < depth; p++) {
      FloatVector b0 = FloatVector.fromArray(FLOATS, b, bAt + p * (2 * N));
      FloatVector b1 = FloatVector.fromArray(FLOATS, b, bAt + p * (2 * N) + N);
      FloatVector x0 = FloatVector.broadcast(FLOATS, a[a0 + p]);
      c00 = x0.fma(b0, c00);
      c01 = x0.fma(b1, c01);
      FloatVector x1 = FloatVector.broadcast(FLOATS, a[a1 + p]);
      c10 = x1.fma(b0, c10);
      c11 = x1.fma(b1, c11);
      FloatVector x2 = FloatVector.broadcast(FLOATS, a[a2 + p]);
      c20 = x2.fma(b0, c20);
      c21 = x2.fma(b1, c21);
      FloatVector x3 = FloatVector.broadcast(FLOATS, a[a3 + p]);
      c30 = x3.fma(b0, c30);
      c31 = x3.fma(b1, c31);
      FloatVector x4 = FloatVector.broadcast(FLOATS, a[a4 + p]);
      c40 = x4.fma(b0, c40);
      c41 = x4.fma(b1, c41);
      FloatVector x5 = FloatVector.broadcast(FLOATS, a[a5 + p]);
      c50 = x5.fma(b0, c50);
      c51 = x5.fma(b1, c51);
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
    if (rows > 5) {
      c50.intoArray(c, cAt + 5 * ldc);
      c51.intoArray(c, cAt + 5 * ldc + N);
    }
  }

  /** Six rows by one vector. */
  static void by1(
      int rows,
      int depth,
      float[] a,
      int aAt,
      int aRow,
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
    int a0 = aAt;
    FloatVector c00 = FloatVector.fromArray(FLOATS, start, startAt);
    int r1 = Math.min(1, rows - 1);
    int a1 = aAt + r1 * aRow;
    int s1 = startAt + r1 * ldStart;
    FloatVector c10 = FloatVector.fromArray(FLOATS, start, s1);
    int r2 = Math.min(2, rows - 1);
    int a2 = aAt + r2 * aRow;
    int s2 = startAt + r2 * ldStart;
    FloatVector c20 = FloatVector.fromArray(FLOATS, start, s2);
    int r3 = Math.min(3, rows - 1);
    int a3 = aAt + r3 * aRow;
    int s3 = startAt + r3 * ldStart;
    FloatVector c30 = FloatVector.fromArray(FLOATS, start, s3);
    int r4 = Math.min(4, rows - 1);
    int a4 = aAt + r4 * aRow;
    int s4 = startAt + r4 * ldStart;
    FloatVector c40 = FloatVector.fromArray(FLOATS, start, s4);
    int r5 = Math.min(5, rows - 1);
    int a5 = aAt + r5 * aRow;
    int s5 = startAt + r5 * ldStart;
    FloatVector c50 = FloatVector.fromArray(FLOATS, start, s5);
    for (int p = 0; p < depth; p++) {
      FloatVector b0 = FloatVector.fromArray(FLOATS, b, bAt + p * N);
      FloatVector x0 = FloatVector.broadcast(FLOATS, a[a0 + p]);
      c00 = x0.fma(b0, c00);
      FloatVector x1 = FloatVector.broadcast(FLOATS, a[a1 + p]);
      c10 = x1.fma(b0, c10);
      FloatVector x2 = FloatVector.broadcast(FLOATS, a[a2 + p]);
      c20 = x2.fma(b0, c20);
      FloatVector x3 = FloatVector.broadcast(FLOATS, a[a3 + p]);
      c30 = x3.fma(b0, c30);
      FloatVector x4 = FloatVector.broadcast(FLOATS, a[a4 + p]);
      c40 = x4.fma(b0, c40);
      FloatVector x5 = FloatVector.broadcast(FLOATS, a[a5 + p]);
      c50 = x5.fma(b0, c50);
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
    if (rows > 5) {
      c50.intoArray(c, cAt + 5 * ldc);
    }
  }
}

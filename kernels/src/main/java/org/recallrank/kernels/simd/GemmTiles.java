package org.recallrank.kernels.simd;

import static org.recallrank.kernels.simd.Lanes.FLOATS;
import static org.recallrank.kernels.simd.Lanes.N;
import static org.recallrank.kernels.simd.Lanes.ORDER;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/**
 * The innermost loops of the matrix product: a tile of C, six rows by one to three vectors, is kept
 * in registers while the depth is walked once.
 *
 * <pre>
 *            panel of B, packed: one row of 1 to 3 vectors per step p of depth
 *               b0   b1   b2
 *   a[0, p]    c00  c01  c02      c[i, j] += broadcast(a[i, p]) * b[p, j]
 *     ...      ...  ...  ...
 *   a[5, p]    c50  c51  c52
 * </pre>
 *
 * <p>Six by three needs 18 accumulators, enough to hide the latency of the multiply-add, and does
 * 18 of them for 9 loads; six by four was no faster. What the JIT compiler needs to emit that:
 * accumulators that are local variables with names; a step in A ({@code aCol}) that is no constant,
 * or else it lifts loads out of the loop and spills; and neither masks nor helper methods around
 * the loads and stores of C, with which it boxes the vectors.
 *
 * <p>All three methods: {@code rows} rows are stored, at most 6; in place of missing ones the last
 * is computed again. Columns are whole vectors: the caller sees to it that C has them. Row i of A
 * starts at {@code aAt + i * aRow}. The sums start from {@code start}, whose rows are {@code
 * ldStart} apart (0: one row, the bias; or C itself), and are raised to {@code floor}: that is ReLU
 * for 0 and nothing for -Infinity.
 */
final class GemmTiles {
  static final int ROWS = 6;

  private static final int BYTES = N * Float.BYTES;

  private GemmTiles() {}

  /** Six rows by three vectors. */
  static void by3(
      int rows,
      int depth,
      float[] a,
      int aAt,
      int aRow,
      int aCol,
      MemorySegment b,
      long bAt,
      float[] start,
      int startAt,
      int ldStart,
      float[] c,
      int cAt,
      int ldc,
      FloatVector floor) {
    if (rows < 1) {
      return;
    }
    int a0 = aAt;
    FloatVector c00 = FloatVector.fromArray(FLOATS, start, startAt);
    FloatVector c01 = FloatVector.fromArray(FLOATS, start, startAt + N);
    FloatVector c02 = FloatVector.fromArray(FLOATS, start, startAt + 2 * N);
    int r1 = Math.min(1, rows - 1);
    int a1 = aAt + r1 * aRow;
    int s1 = startAt + r1 * ldStart;
    FloatVector c10 = FloatVector.fromArray(FLOATS, start, s1);
    FloatVector c11 = FloatVector.fromArray(FLOATS, start, s1 + N);
    FloatVector c12 = FloatVector.fromArray(FLOATS, start, s1 + 2 * N);
    int r2 = Math.min(2, rows - 1);
    int a2 = aAt + r2 * aRow;
    int s2 = startAt + r2 * ldStart;
    FloatVector c20 = FloatVector.fromArray(FLOATS, start, s2);
    FloatVector c21 = FloatVector.fromArray(FLOATS, start, s2 + N);
    FloatVector c22 = FloatVector.fromArray(FLOATS, start, s2 + 2 * N);
    int r3 = Math.min(3, rows - 1);
    int a3 = aAt + r3 * aRow;
    int s3 = startAt + r3 * ldStart;
    FloatVector c30 = FloatVector.fromArray(FLOATS, start, s3);
    FloatVector c31 = FloatVector.fromArray(FLOATS, start, s3 + N);
    FloatVector c32 = FloatVector.fromArray(FLOATS, start, s3 + 2 * N);
    int r4 = Math.min(4, rows - 1);
    int a4 = aAt + r4 * aRow;
    int s4 = startAt + r4 * ldStart;
    FloatVector c40 = FloatVector.fromArray(FLOATS, start, s4);
    FloatVector c41 = FloatVector.fromArray(FLOATS, start, s4 + N);
    FloatVector c42 = FloatVector.fromArray(FLOATS, start, s4 + 2 * N);
    int r5 = Math.min(5, rows - 1);
    int a5 = aAt + r5 * aRow;
    int s5 = startAt + r5 * ldStart;
    FloatVector c50 = FloatVector.fromArray(FLOATS, start, s5);
    FloatVector c51 = FloatVector.fromArray(FLOATS, start, s5 + N);
    FloatVector c52 = FloatVector.fromArray(FLOATS, start, s5 + 2 * N);
    for (int p = 0; p < depth; p++) {
      long at = bAt + p * (3L * BYTES);
      FloatVector b0 = FloatVector.fromMemorySegment(FLOATS, b, at, ORDER);
      FloatVector b1 = FloatVector.fromMemorySegment(FLOATS, b, at + BYTES, ORDER);
      FloatVector b2 = FloatVector.fromMemorySegment(FLOATS, b, at + 2 * BYTES, ORDER);
      int q = p * aCol;
      FloatVector x0 = FloatVector.broadcast(FLOATS, a[a0 + q]);
      c00 = x0.fma(b0, c00);
      c01 = x0.fma(b1, c01);
      c02 = x0.fma(b2, c02);
      FloatVector x1 = FloatVector.broadcast(FLOATS, a[a1 + q]);
      c10 = x1.fma(b0, c10);
      c11 = x1.fma(b1, c11);
      c12 = x1.fma(b2, c12);
      FloatVector x2 = FloatVector.broadcast(FLOATS, a[a2 + q]);
      c20 = x2.fma(b0, c20);
      c21 = x2.fma(b1, c21);
      c22 = x2.fma(b2, c22);
      FloatVector x3 = FloatVector.broadcast(FLOATS, a[a3 + q]);
      c30 = x3.fma(b0, c30);
      c31 = x3.fma(b1, c31);
      c32 = x3.fma(b2, c32);
      FloatVector x4 = FloatVector.broadcast(FLOATS, a[a4 + q]);
      c40 = x4.fma(b0, c40);
      c41 = x4.fma(b1, c41);
      c42 = x4.fma(b2, c42);
      FloatVector x5 = FloatVector.broadcast(FLOATS, a[a5 + q]);
      c50 = x5.fma(b0, c50);
      c51 = x5.fma(b1, c51);
      c52 = x5.fma(b2, c52);
    }
    c00.max(floor).intoArray(c, cAt);
    c01.max(floor).intoArray(c, cAt + N);
    c02.max(floor).intoArray(c, cAt + 2 * N);
    if (rows > 1) {
      c10.max(floor).intoArray(c, cAt + ldc);
      c11.max(floor).intoArray(c, cAt + ldc + N);
      c12.max(floor).intoArray(c, cAt + ldc + 2 * N);
    }
    if (rows > 2) {
      c20.max(floor).intoArray(c, cAt + 2 * ldc);
      c21.max(floor).intoArray(c, cAt + 2 * ldc + N);
      c22.max(floor).intoArray(c, cAt + 2 * ldc + 2 * N);
    }
    if (rows > 3) {
      c30.max(floor).intoArray(c, cAt + 3 * ldc);
      c31.max(floor).intoArray(c, cAt + 3 * ldc + N);
      c32.max(floor).intoArray(c, cAt + 3 * ldc + 2 * N);
    }
    if (rows > 4) {
      c40.max(floor).intoArray(c, cAt + 4 * ldc);
      c41.max(floor).intoArray(c, cAt + 4 * ldc + N);
      c42.max(floor).intoArray(c, cAt + 4 * ldc + 2 * N);
    }
    if (rows > 5) {
      c50.max(floor).intoArray(c, cAt + 5 * ldc);
      c51.max(floor).intoArray(c, cAt + 5 * ldc + N);
      c52.max(floor).intoArray(c, cAt + 5 * ldc + 2 * N);
    }
  }

  /** Six rows by two vectors. */
  static void by2(
      int rows,
      int depth,
      float[] a,
      int aAt,
      int aRow,
      int aCol,
      MemorySegment b,
      long bAt,
      float[] start,
      int startAt,
      int ldStart,
      float[] c,
      int cAt,
      int ldc,
      FloatVector floor) {
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
      long at = bAt + p * (2L * BYTES);
      FloatVector b0 = FloatVector.fromMemorySegment(FLOATS, b, at, ORDER);
      FloatVector b1 = FloatVector.fromMemorySegment(FLOATS, b, at + BYTES, ORDER);
      int q = p * aCol;
      FloatVector x0 = FloatVector.broadcast(FLOATS, a[a0 + q]);
      c00 = x0.fma(b0, c00);
      c01 = x0.fma(b1, c01);
      FloatVector x1 = FloatVector.broadcast(FLOATS, a[a1 + q]);
      c10 = x1.fma(b0, c10);
      c11 = x1.fma(b1, c11);
      FloatVector x2 = FloatVector.broadcast(FLOATS, a[a2 + q]);
      c20 = x2.fma(b0, c20);
      c21 = x2.fma(b1, c21);
      FloatVector x3 = FloatVector.broadcast(FLOATS, a[a3 + q]);
      c30 = x3.fma(b0, c30);
      c31 = x3.fma(b1, c31);
      FloatVector x4 = FloatVector.broadcast(FLOATS, a[a4 + q]);
      c40 = x4.fma(b0, c40);
      c41 = x4.fma(b1, c41);
      FloatVector x5 = FloatVector.broadcast(FLOATS, a[a5 + q]);
      c50 = x5.fma(b0, c50);
      c51 = x5.fma(b1, c51);
    }
    c00.max(floor).intoArray(c, cAt);
    c01.max(floor).intoArray(c, cAt + N);
    if (rows > 1) {
      c10.max(floor).intoArray(c, cAt + ldc);
      c11.max(floor).intoArray(c, cAt + ldc + N);
    }
    if (rows > 2) {
      c20.max(floor).intoArray(c, cAt + 2 * ldc);
      c21.max(floor).intoArray(c, cAt + 2 * ldc + N);
    }
    if (rows > 3) {
      c30.max(floor).intoArray(c, cAt + 3 * ldc);
      c31.max(floor).intoArray(c, cAt + 3 * ldc + N);
    }
    if (rows > 4) {
      c40.max(floor).intoArray(c, cAt + 4 * ldc);
      c41.max(floor).intoArray(c, cAt + 4 * ldc + N);
    }
    if (rows > 5) {
      c50.max(floor).intoArray(c, cAt + 5 * ldc);
      c51.max(floor).intoArray(c, cAt + 5 * ldc + N);
    }
  }

  /** Six rows by one vector. */
  static void by1(
      int rows,
      int depth,
      float[] a,
      int aAt,
      int aRow,
      int aCol,
      MemorySegment b,
      long bAt,
      float[] start,
      int startAt,
      int ldStart,
      float[] c,
      int cAt,
      int ldc,
      FloatVector floor) {
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
      long at = bAt + p * (long) BYTES;
      FloatVector b0 = FloatVector.fromMemorySegment(FLOATS, b, at, ORDER);
      int q = p * aCol;
      FloatVector x0 = FloatVector.broadcast(FLOATS, a[a0 + q]);
      c00 = x0.fma(b0, c00);
      FloatVector x1 = FloatVector.broadcast(FLOATS, a[a1 + q]);
      c10 = x1.fma(b0, c10);
      FloatVector x2 = FloatVector.broadcast(FLOATS, a[a2 + q]);
      c20 = x2.fma(b0, c20);
      FloatVector x3 = FloatVector.broadcast(FLOATS, a[a3 + q]);
      c30 = x3.fma(b0, c30);
      FloatVector x4 = FloatVector.broadcast(FLOATS, a[a4 + q]);
      c40 = x4.fma(b0, c40);
      FloatVector x5 = FloatVector.broadcast(FLOATS, a[a5 + q]);
      c50 = x5.fma(b0, c50);
    }
    c00.max(floor).intoArray(c, cAt);
    if (rows > 1) {
      c10.max(floor).intoArray(c, cAt + ldc);
    }
    if (rows > 2) {
      c20.max(floor).intoArray(c, cAt + 2 * ldc);
    }
    if (rows > 3) {
      c30.max(floor).intoArray(c, cAt + 3 * ldc);
    }
    if (rows > 4) {
      c40.max(floor).intoArray(c, cAt + 4 * ldc);
    }
    if (rows > 5) {
      c50.max(floor).intoArray(c, cAt + 5 * ldc);
    }
  }
}

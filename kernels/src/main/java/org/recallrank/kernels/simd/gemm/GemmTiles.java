package org.recallrank.kernels.simd.gemm;

import static org.recallrank.kernels.simd.Lanes.FLOATS;
import static org.recallrank.kernels.simd.Lanes.N;
import static org.recallrank.kernels.simd.Lanes.ORDER;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/**
 * The innermost loops of the matrix product for machines with 32 vector registers: a tile of C,
 * eight rows by one to three vectors, is kept in registers while the depth is walked once.
 *
 * <pre>
 *            panel of B, packed: one row of 1 to 3 vectors per step of depth
 *               b0   b1   b2
 *   a[q]        c00  c01  c02      c[i, j] += broadcast(a[q + i]) * b[j]
 *     ...       ...  ...  ...
 *   a[q + 7]    c70  c71  c72
 * </pre>
 *
 * <p>Eight by three needs 24 accumulators, enough to hide the latency of the multiply-add, and does
 * 24 of them for 11 loads and some ten other instructions. What the JIT compiler needs to emit
 * that:
 *
 * <ul>
 *   <li>accumulators that are local variables with names;
 *   <li>packed rows of A, whose eight elements share one bounds check (rows read where they lie
 *       take five instructions each, and the processor issues no more than six a cycle);
 *   <li>a loop that does not count: it ends where {@code at} equals {@code end}. A counted one is
 *       rebuilt around the bounds of the segment, with rounds before and after it that cost as much
 *       as 50 steps;
 *   <li>a method small enough to be inlined whole. The ReLU is not in here for that reason: {@code
 *       FloatVector.max} minds NaN and -0 and takes six instructions, and with 21 of them some
 *       became calls, for which all accumulators are written to memory.
 * </ul>
 *
 * <p>All methods: {@code rows} rows are stored, at most 8; in place of missing ones anything is
 * computed. Columns are whole vectors: the caller sees to it that C has them. A is laid out by
 * {@link PackedRows}. The sums start from {@code start}, whose rows are {@code ldStart} apart (0:
 * one row, the bias; or C itself).
 */
final class GemmTiles {
  static final int ROWS = 8;

  private static final int BYTES = N * Float.BYTES;

  private GemmTiles() {}

  /** Eight rows by three vectors. */
  static void by3(
      int rows,
      int depth,
      float[] a,
      int aAt,
      MemorySegment b,
      long bAt,
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
    FloatVector c02 = FloatVector.fromArray(FLOATS, start, startAt + 2 * N);
    int s1 = startAt + Math.min(1, rows - 1) * ldStart;
    FloatVector c10 = FloatVector.fromArray(FLOATS, start, s1);
    FloatVector c11 = FloatVector.fromArray(FLOATS, start, s1 + N);
    FloatVector c12 = FloatVector.fromArray(FLOATS, start, s1 + 2 * N);
    int s2 = startAt + Math.min(2, rows - 1) * ldStart;
    FloatVector c20 = FloatVector.fromArray(FLOATS, start, s2);
    FloatVector c21 = FloatVector.fromArray(FLOATS, start, s2 + N);
    FloatVector c22 = FloatVector.fromArray(FLOATS, start, s2 + 2 * N);
    int s3 = startAt + Math.min(3, rows - 1) * ldStart;
    FloatVector c30 = FloatVector.fromArray(FLOATS, start, s3);
    FloatVector c31 = FloatVector.fromArray(FLOATS, start, s3 + N);
    FloatVector c32 = FloatVector.fromArray(FLOATS, start, s3 + 2 * N);
    int s4 = startAt + Math.min(4, rows - 1) * ldStart;
    FloatVector c40 = FloatVector.fromArray(FLOATS, start, s4);
    FloatVector c41 = FloatVector.fromArray(FLOATS, start, s4 + N);
    FloatVector c42 = FloatVector.fromArray(FLOATS, start, s4 + 2 * N);
    int s5 = startAt + Math.min(5, rows - 1) * ldStart;
    FloatVector c50 = FloatVector.fromArray(FLOATS, start, s5);
    FloatVector c51 = FloatVector.fromArray(FLOATS, start, s5 + N);
    FloatVector c52 = FloatVector.fromArray(FLOATS, start, s5 + 2 * N);
    int s6 = startAt + Math.min(6, rows - 1) * ldStart;
    FloatVector c60 = FloatVector.fromArray(FLOATS, start, s6);
    FloatVector c61 = FloatVector.fromArray(FLOATS, start, s6 + N);
    FloatVector c62 = FloatVector.fromArray(FLOATS, start, s6 + 2 * N);
    int s7 = startAt + Math.min(7, rows - 1) * ldStart;
    FloatVector c70 = FloatVector.fromArray(FLOATS, start, s7);
    FloatVector c71 = FloatVector.fromArray(FLOATS, start, s7 + N);
    FloatVector c72 = FloatVector.fromArray(FLOATS, start, s7 + 2 * N);
    int q = aAt;
    long at = bAt;
    long end = bAt + depth * (3L * BYTES);
    while (at != end) {
      FloatVector b0 = FloatVector.fromMemorySegment(FLOATS, b, at, ORDER);
      FloatVector b1 = FloatVector.fromMemorySegment(FLOATS, b, at + BYTES, ORDER);
      FloatVector b2 = FloatVector.fromMemorySegment(FLOATS, b, at + 2 * BYTES, ORDER);
      FloatVector x0 = FloatVector.broadcast(FLOATS, a[q]);
      c00 = x0.fma(b0, c00);
      c01 = x0.fma(b1, c01);
      c02 = x0.fma(b2, c02);
      FloatVector x1 = FloatVector.broadcast(FLOATS, a[q + 1]);
      c10 = x1.fma(b0, c10);
      c11 = x1.fma(b1, c11);
      c12 = x1.fma(b2, c12);
      FloatVector x2 = FloatVector.broadcast(FLOATS, a[q + 2]);
      c20 = x2.fma(b0, c20);
      c21 = x2.fma(b1, c21);
      c22 = x2.fma(b2, c22);
      FloatVector x3 = FloatVector.broadcast(FLOATS, a[q + 3]);
      c30 = x3.fma(b0, c30);
      c31 = x3.fma(b1, c31);
      c32 = x3.fma(b2, c32);
      FloatVector x4 = FloatVector.broadcast(FLOATS, a[q + 4]);
      c40 = x4.fma(b0, c40);
      c41 = x4.fma(b1, c41);
      c42 = x4.fma(b2, c42);
      FloatVector x5 = FloatVector.broadcast(FLOATS, a[q + 5]);
      c50 = x5.fma(b0, c50);
      c51 = x5.fma(b1, c51);
      c52 = x5.fma(b2, c52);
      FloatVector x6 = FloatVector.broadcast(FLOATS, a[q + 6]);
      c60 = x6.fma(b0, c60);
      c61 = x6.fma(b1, c61);
      c62 = x6.fma(b2, c62);
      FloatVector x7 = FloatVector.broadcast(FLOATS, a[q + 7]);
      c70 = x7.fma(b0, c70);
      c71 = x7.fma(b1, c71);
      c72 = x7.fma(b2, c72);
      at += 3L * BYTES;
      q += ROWS;
    }
    c00.intoArray(c, cAt);
    c01.intoArray(c, cAt + N);
    c02.intoArray(c, cAt + 2 * N);
    if (rows > 1) {
      c10.intoArray(c, cAt + ldc);
      c11.intoArray(c, cAt + ldc + N);
      c12.intoArray(c, cAt + ldc + 2 * N);
    }
    if (rows > 2) {
      c20.intoArray(c, cAt + 2 * ldc);
      c21.intoArray(c, cAt + 2 * ldc + N);
      c22.intoArray(c, cAt + 2 * ldc + 2 * N);
    }
    if (rows > 3) {
      c30.intoArray(c, cAt + 3 * ldc);
      c31.intoArray(c, cAt + 3 * ldc + N);
      c32.intoArray(c, cAt + 3 * ldc + 2 * N);
    }
    if (rows > 4) {
      c40.intoArray(c, cAt + 4 * ldc);
      c41.intoArray(c, cAt + 4 * ldc + N);
      c42.intoArray(c, cAt + 4 * ldc + 2 * N);
    }
    if (rows > 5) {
      c50.intoArray(c, cAt + 5 * ldc);
      c51.intoArray(c, cAt + 5 * ldc + N);
      c52.intoArray(c, cAt + 5 * ldc + 2 * N);
    }
    if (rows > 6) {
      c60.intoArray(c, cAt + 6 * ldc);
      c61.intoArray(c, cAt + 6 * ldc + N);
      c62.intoArray(c, cAt + 6 * ldc + 2 * N);
    }
    if (rows > 7) {
      c70.intoArray(c, cAt + 7 * ldc);
      c71.intoArray(c, cAt + 7 * ldc + N);
      c72.intoArray(c, cAt + 7 * ldc + 2 * N);
    }
  }

  /** Eight rows by two vectors. */
  static void by2(
      int rows,
      int depth,
      float[] a,
      int aAt,
      MemorySegment b,
      long bAt,
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
    int s1 = startAt + Math.min(1, rows - 1) * ldStart;
    FloatVector c10 = FloatVector.fromArray(FLOATS, start, s1);
    FloatVector c11 = FloatVector.fromArray(FLOATS, start, s1 + N);
    int s2 = startAt + Math.min(2, rows - 1) * ldStart;
    FloatVector c20 = FloatVector.fromArray(FLOATS, start, s2);
    FloatVector c21 = FloatVector.fromArray(FLOATS, start, s2 + N);
    int s3 = startAt + Math.min(3, rows - 1) * ldStart;
    FloatVector c30 = FloatVector.fromArray(FLOATS, start, s3);
    FloatVector c31 = FloatVector.fromArray(FLOATS, start, s3 + N);
    int s4 = startAt + Math.min(4, rows - 1) * ldStart;
    FloatVector c40 = FloatVector.fromArray(FLOATS, start, s4);
    FloatVector c41 = FloatVector.fromArray(FLOATS, start, s4 + N);
    int s5 = startAt + Math.min(5, rows - 1) * ldStart;
    FloatVector c50 = FloatVector.fromArray(FLOATS, start, s5);
    FloatVector c51 = FloatVector.fromArray(FLOATS, start, s5 + N);
    int s6 = startAt + Math.min(6, rows - 1) * ldStart;
    FloatVector c60 = FloatVector.fromArray(FLOATS, start, s6);
    FloatVector c61 = FloatVector.fromArray(FLOATS, start, s6 + N);
    int s7 = startAt + Math.min(7, rows - 1) * ldStart;
    FloatVector c70 = FloatVector.fromArray(FLOATS, start, s7);
    FloatVector c71 = FloatVector.fromArray(FLOATS, start, s7 + N);
    int q = aAt;
    long at = bAt;
    long end = bAt + depth * (2L * BYTES);
    while (at != end) {
      FloatVector b0 = FloatVector.fromMemorySegment(FLOATS, b, at, ORDER);
      FloatVector b1 = FloatVector.fromMemorySegment(FLOATS, b, at + BYTES, ORDER);
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
      FloatVector x5 = FloatVector.broadcast(FLOATS, a[q + 5]);
      c50 = x5.fma(b0, c50);
      c51 = x5.fma(b1, c51);
      FloatVector x6 = FloatVector.broadcast(FLOATS, a[q + 6]);
      c60 = x6.fma(b0, c60);
      c61 = x6.fma(b1, c61);
      FloatVector x7 = FloatVector.broadcast(FLOATS, a[q + 7]);
      c70 = x7.fma(b0, c70);
      c71 = x7.fma(b1, c71);
      at += 2L * BYTES;
      q += ROWS;
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
    if (rows > 6) {
      c60.intoArray(c, cAt + 6 * ldc);
      c61.intoArray(c, cAt + 6 * ldc + N);
    }
    if (rows > 7) {
      c70.intoArray(c, cAt + 7 * ldc);
      c71.intoArray(c, cAt + 7 * ldc + N);
    }
  }

  /** Eight rows by one vector. */
  static void by1(
      int rows,
      int depth,
      float[] a,
      int aAt,
      MemorySegment b,
      long bAt,
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
    int s1 = startAt + Math.min(1, rows - 1) * ldStart;
    FloatVector c10 = FloatVector.fromArray(FLOATS, start, s1);
    int s2 = startAt + Math.min(2, rows - 1) * ldStart;
    FloatVector c20 = FloatVector.fromArray(FLOATS, start, s2);
    int s3 = startAt + Math.min(3, rows - 1) * ldStart;
    FloatVector c30 = FloatVector.fromArray(FLOATS, start, s3);
    int s4 = startAt + Math.min(4, rows - 1) * ldStart;
    FloatVector c40 = FloatVector.fromArray(FLOATS, start, s4);
    int s5 = startAt + Math.min(5, rows - 1) * ldStart;
    FloatVector c50 = FloatVector.fromArray(FLOATS, start, s5);
    int s6 = startAt + Math.min(6, rows - 1) * ldStart;
    FloatVector c60 = FloatVector.fromArray(FLOATS, start, s6);
    int s7 = startAt + Math.min(7, rows - 1) * ldStart;
    FloatVector c70 = FloatVector.fromArray(FLOATS, start, s7);
    int q = aAt;
    long at = bAt;
    long end = bAt + depth * (long) BYTES;
    while (at != end) {
      FloatVector b0 = FloatVector.fromMemorySegment(FLOATS, b, at, ORDER);
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
      FloatVector x5 = FloatVector.broadcast(FLOATS, a[q + 5]);
      c50 = x5.fma(b0, c50);
      FloatVector x6 = FloatVector.broadcast(FLOATS, a[q + 6]);
      c60 = x6.fma(b0, c60);
      FloatVector x7 = FloatVector.broadcast(FLOATS, a[q + 7]);
      c70 = x7.fma(b0, c70);
      at += BYTES;
      q += ROWS;
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
    if (rows > 6) {
      c60.intoArray(c, cAt + 6 * ldc);
    }
    if (rows > 7) {
      c70.intoArray(c, cAt + 7 * ldc);
    }
  }
}

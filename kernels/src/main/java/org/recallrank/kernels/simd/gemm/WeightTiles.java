package org.recallrank.kernels.simd.gemm;

import static jdk.incubator.vector.VectorOperators.LE;
import static org.recallrank.kernels.simd.Lanes.FLOATS;
import static org.recallrank.kernels.simd.Lanes.N;

import jdk.incubator.vector.FloatVector;

/**
 * The innermost loops of the product with {@link Weights}: tiles of four rows by one or two vectors
 * of C, down the rows of a panel, A read where it lies.
 *
 * <p>Four by two is what the JIT compiler keeps in 16 vector registers with certainty: from ten
 * accumulators on it spills some, and eight just hide the latency of the multiply-add (two per
 * cycle, four cycles each). Every element is one chain along the depth, whatever the tile.
 *
 * <p>Row i of A starts at {@code aAt + i * aRow}; in place of missing rows the last is computed
 * again and not stored. The sums start from the bias.
 *
 * <p>Stored is the sum, but no less than {@code low}, plus 0: a negative zero becomes a positive
 * one, so that skipped zeros change no bit. Written out at each place, because a method of our own
 * for it is not inlined where HotSpot takes the end of a tile for rare, and then its vectors are
 * objects.
 */
final class WeightTiles {
  static final int ROWS = 4;

  private WeightTiles() {}

  /** Down some rows of two vectors. */
  static void by2(
      int rows,
      int depth,
      float[] a,
      int aAt,
      int aRow,
      float[] b,
      int bAt,
      float[] bias,
      int biasAt,
      float[] c,
      int cAt,
      int ldc,
      boolean relu) {
    int a0 = aAt;
    int at = cAt;
    for (int left = rows; left > 0; left -= ROWS) {
      FloatVector c00 = FloatVector.fromArray(FLOATS, bias, biasAt);
      FloatVector c01 = FloatVector.fromArray(FLOATS, bias, biasAt + N);
      int a1 = a0 + Math.min(1, left - 1) * aRow;
      FloatVector c10 = c00;
      FloatVector c11 = c01;
      int a2 = a0 + Math.min(2, left - 1) * aRow;
      FloatVector c20 = c00;
      FloatVector c21 = c01;
      int a3 = a0 + Math.min(3, left - 1) * aRow;
      FloatVector c30 = c00;
      FloatVector c31 = c01;
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
      }
      FloatVector low = FloatVector.broadcast(FLOATS, relu ? 0 : Float.NEGATIVE_INFINITY);
      c00.blend(low, c00.compare(LE, low)).add(0f).intoArray(c, at);
      c01.blend(low, c01.compare(LE, low)).add(0f).intoArray(c, at + N);
      if (left > 1) {
        c10.blend(low, c10.compare(LE, low)).add(0f).intoArray(c, at + ldc);
        c11.blend(low, c11.compare(LE, low)).add(0f).intoArray(c, at + ldc + N);
      }
      if (left > 2) {
        c20.blend(low, c20.compare(LE, low)).add(0f).intoArray(c, at + 2 * ldc);
        c21.blend(low, c21.compare(LE, low)).add(0f).intoArray(c, at + 2 * ldc + N);
      }
      if (left > 3) {
        c30.blend(low, c30.compare(LE, low)).add(0f).intoArray(c, at + 3 * ldc);
        c31.blend(low, c31.compare(LE, low)).add(0f).intoArray(c, at + 3 * ldc + N);
      }
      a0 += ROWS * aRow;
      at += ROWS * ldc;
    }
  }

  /** Down some rows of one vector. */
  static void by1(
      int rows,
      int depth,
      float[] a,
      int aAt,
      int aRow,
      float[] b,
      int bAt,
      float[] bias,
      int biasAt,
      float[] c,
      int cAt,
      int ldc,
      boolean relu) {
    int a0 = aAt;
    int at = cAt;
    for (int left = rows; left > 0; left -= ROWS) {
      FloatVector c00 = FloatVector.fromArray(FLOATS, bias, biasAt);
      int a1 = a0 + Math.min(1, left - 1) * aRow;
      FloatVector c10 = c00;
      int a2 = a0 + Math.min(2, left - 1) * aRow;
      FloatVector c20 = c00;
      int a3 = a0 + Math.min(3, left - 1) * aRow;
      FloatVector c30 = c00;
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
      }
      FloatVector low = FloatVector.broadcast(FLOATS, relu ? 0 : Float.NEGATIVE_INFINITY);
      c00.blend(low, c00.compare(LE, low)).add(0f).intoArray(c, at);
      if (left > 1) {
        c10.blend(low, c10.compare(LE, low)).add(0f).intoArray(c, at + ldc);
      }
      if (left > 2) {
        c20.blend(low, c20.compare(LE, low)).add(0f).intoArray(c, at + 2 * ldc);
      }
      if (left > 3) {
        c30.blend(low, c30.compare(LE, low)).add(0f).intoArray(c, at + 3 * ldc);
      }
      a0 += ROWS * aRow;
      at += ROWS * ldc;
    }
  }
}

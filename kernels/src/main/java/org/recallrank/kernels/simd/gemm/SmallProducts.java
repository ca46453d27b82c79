package org.recallrank.kernels.simd.gemm;

import static org.recallrank.kernels.simd.Lanes.FLOATS;
import static org.recallrank.kernels.simd.Lanes.N;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import org.recallrank.kernels.MatMulKernel.Matrices;
import org.recallrank.kernels.simd.Lanes;

/**
 * The loops of many small matrix products, read where they lie: along the rows of B and C, or, if B
 * is transposed, along the depth.
 */
final class SmallProducts {
  private SmallProducts() {}

  /** Products {@code from} to {@code to} with B stored [k, n]: vectors of columns of B and C. */
  static void alongRows(
      int from,
      int to,
      int m,
      int n,
      int k,
      float alpha,
      Matrices as,
      int aRow,
      int aCol,
      Matrices bs,
      Matrices cs,
      boolean accumulate) {
    float[] a = as.data();
    float[] b = bs.data();
    float[] c = cs.data();
    for (int q = from; q < to; q++) {
      int aAt = as.offset() + q * as.step();
      int bAt = bs.offset() + q * bs.step();
      int cAt = cs.offset() + q * cs.step();
      int j = 0;
      for (; j <= n - 2 * N; j += 2 * N) {
        int i = 0;
        for (; i <= m - 4; i += 4) {
          int ai = aAt + i * aRow;
          int ci = cAt + i * cs.ld() + j;
          fourByTwo(k, alpha, a, ai, aRow, aCol, b, bAt + j, bs.ld(), c, ci, cs.ld(), accumulate);
        }
        for (; i < m; i++) {
          int ci = cAt + i * cs.ld() + j;
          twoVectors(k, alpha, a, aAt + i * aRow, aCol, b, bAt + j, bs.ld(), c, ci, accumulate);
        }
      }
      for (; j < n; j += N) {
        int i = 0;
        for (; i <= m - 4; i += 4) {
          int ai = aAt + i * aRow;
          int ci = cAt + i * cs.ld() + j;
          fourByOne(
              n - j, k, alpha, a, ai, aRow, aCol, b, bAt + j, bs.ld(), c, ci, cs.ld(), accumulate);
        }
        for (; i < m; i++) {
          int ci = cAt + i * cs.ld() + j;
          oneVector(
              n - j, k, alpha, a, aAt + i * aRow, aCol, b, bAt + j, bs.ld(), c, ci, accumulate);
        }
      }
    }
  }

  /** Four rows of C at once read B once for all, and hide the latency of the multiply-add. */
  private static void fourByTwo(
      int k,
      float alpha,
      float[] a,
      int aAt,
      int aRow,
      int aCol,
      float[] b,
      int bAt,
      int ldb,
      float[] c,
      int cAt,
      int ldc,
      boolean accumulate) {
    FloatVector c00 = FloatVector.zero(FLOATS);
    FloatVector c01 = FloatVector.zero(FLOATS);
    FloatVector c10 = FloatVector.zero(FLOATS);
    FloatVector c11 = FloatVector.zero(FLOATS);
    FloatVector c20 = FloatVector.zero(FLOATS);
    FloatVector c21 = FloatVector.zero(FLOATS);
    FloatVector c30 = FloatVector.zero(FLOATS);
    FloatVector c31 = FloatVector.zero(FLOATS);
    for (int p = 0; p < k; p++) {
      FloatVector b0 = FloatVector.fromArray(FLOATS, b, bAt + p * ldb);
      FloatVector b1 = FloatVector.fromArray(FLOATS, b, bAt + p * ldb + N);
      int ap = aAt + p * aCol;
      FloatVector x0 = FloatVector.broadcast(FLOATS, a[ap]);
      c00 = x0.fma(b0, c00);
      c01 = x0.fma(b1, c01);
      FloatVector x1 = FloatVector.broadcast(FLOATS, a[ap + aRow]);
      c10 = x1.fma(b0, c10);
      c11 = x1.fma(b1, c11);
      FloatVector x2 = FloatVector.broadcast(FLOATS, a[ap + 2 * aRow]);
      c20 = x2.fma(b0, c20);
      c21 = x2.fma(b1, c21);
      FloatVector x3 = FloatVector.broadcast(FLOATS, a[ap + 3 * aRow]);
      c30 = x3.fma(b0, c30);
      c31 = x3.fma(b1, c31);
    }
    put(c00.mul(alpha), c01.mul(alpha), c, cAt, accumulate);
    put(c10.mul(alpha), c11.mul(alpha), c, cAt + ldc, accumulate);
    put(c20.mul(alpha), c21.mul(alpha), c, cAt + 2 * ldc, accumulate);
    put(c30.mul(alpha), c31.mul(alpha), c, cAt + 3 * ldc, accumulate);
  }

  private static void put(FloatVector x0, FloatVector x1, float[] c, int cAt, boolean accumulate) {
    if (accumulate) {
      x0.add(FloatVector.fromArray(FLOATS, c, cAt)).intoArray(c, cAt);
      x1.add(FloatVector.fromArray(FLOATS, c, cAt + N)).intoArray(c, cAt + N);
    } else {
      x0.intoArray(c, cAt);
      x1.intoArray(c, cAt + N);
    }
  }

  private static void fourByOne(
      int columns,
      int k,
      float alpha,
      float[] a,
      int aAt,
      int aRow,
      int aCol,
      float[] b,
      int bAt,
      int ldb,
      float[] c,
      int cAt,
      int ldc,
      boolean accumulate) {
    VectorMask<Float> lanes = Lanes.first(columns);
    FloatVector c0 = FloatVector.zero(FLOATS);
    FloatVector c1 = FloatVector.zero(FLOATS);
    FloatVector c2 = FloatVector.zero(FLOATS);
    FloatVector c3 = FloatVector.zero(FLOATS);
    for (int p = 0; p < k; p++) {
      FloatVector b0 = FloatVector.fromArray(FLOATS, b, bAt + p * ldb, lanes);
      int ap = aAt + p * aCol;
      c0 = FloatVector.broadcast(FLOATS, a[ap]).fma(b0, c0);
      c1 = FloatVector.broadcast(FLOATS, a[ap + aRow]).fma(b0, c1);
      c2 = FloatVector.broadcast(FLOATS, a[ap + 2 * aRow]).fma(b0, c2);
      c3 = FloatVector.broadcast(FLOATS, a[ap + 3 * aRow]).fma(b0, c3);
    }
    put(c0.mul(alpha), lanes, c, cAt, accumulate);
    put(c1.mul(alpha), lanes, c, cAt + ldc, accumulate);
    put(c2.mul(alpha), lanes, c, cAt + 2 * ldc, accumulate);
    put(c3.mul(alpha), lanes, c, cAt + 3 * ldc, accumulate);
  }

  private static void put(
      FloatVector x, VectorMask<Float> lanes, float[] c, int cAt, boolean accumulate) {
    if (accumulate) {
      x.add(FloatVector.fromArray(FLOATS, c, cAt, lanes)).intoArray(c, cAt, lanes);
    } else {
      x.intoArray(c, cAt, lanes);
    }
  }

  private static void twoVectors(
      int k,
      float alpha,
      float[] a,
      int aAt,
      int aCol,
      float[] b,
      int bAt,
      int ldb,
      float[] c,
      int cAt,
      boolean accumulate) {
    FloatVector c0 = FloatVector.zero(FLOATS);
    FloatVector c1 = FloatVector.zero(FLOATS);
    for (int p = 0; p < k; p++) {
      FloatVector x = FloatVector.broadcast(FLOATS, a[aAt + p * aCol]);
      c0 = x.fma(FloatVector.fromArray(FLOATS, b, bAt + p * ldb), c0);
      c1 = x.fma(FloatVector.fromArray(FLOATS, b, bAt + p * ldb + N), c1);
    }
    put(c0.mul(alpha), c1.mul(alpha), c, cAt, accumulate);
  }

  private static void oneVector(
      int columns,
      int k,
      float alpha,
      float[] a,
      int aAt,
      int aCol,
      float[] b,
      int bAt,
      int ldb,
      float[] c,
      int cAt,
      boolean accumulate) {
    VectorMask<Float> lanes = Lanes.first(columns);
    FloatVector sum = FloatVector.zero(FLOATS);
    for (int p = 0; p < k; p++) {
      FloatVector x = FloatVector.broadcast(FLOATS, a[aAt + p * aCol]);
      sum = x.fma(FloatVector.fromArray(FLOATS, b, bAt + p * ldb, lanes), sum);
    }
    put(sum.mul(alpha), lanes, c, cAt, accumulate);
  }

  /** The same with B stored [n, k]: inner products of rows of A and B. */
  static void alongDepth(
      int from,
      int to,
      int m,
      int n,
      int k,
      float alpha,
      Matrices as,
      int aRow,
      int aCol,
      Matrices bs,
      Matrices cs,
      boolean accumulate) {
    float[] a = as.data();
    float[] b = bs.data();
    float[] c = cs.data();
    for (int q = from; q < to; q++) {
      for (int i = 0; i < m; i++) {
        int ai = as.offset() + q * as.step() + i * aRow;
        int ci = cs.offset() + q * cs.step() + i * cs.ld();
        for (int j = 0; j < n; j++) {
          int bj = bs.offset() + q * bs.step() + j * bs.ld();
          float sum = alpha * (aCol == 1 ? dot(a, ai, b, bj, k) : dot(a, ai, aCol, b, bj, k));
          c[ci + j] = accumulate ? c[ci + j] + sum : sum;
        }
      }
    }
  }

  private static float dot(float[] a, int aAt, float[] b, int bAt, int k) {
    FloatVector sum = FloatVector.zero(FLOATS);
    int full = FLOATS.loopBound(k);
    for (int p = 0; p < full; p += N) {
      FloatVector x = FloatVector.fromArray(FLOATS, a, aAt + p);
      sum = x.fma(FloatVector.fromArray(FLOATS, b, bAt + p), sum);
    }
    if (full < k) {
      VectorMask<Float> rest = Lanes.first(k - full);
      FloatVector x = FloatVector.fromArray(FLOATS, a, aAt + full, rest);
      sum = x.fma(FloatVector.fromArray(FLOATS, b, bAt + full, rest), sum);
    }
    return Lanes.sum(sum);
  }

  private static float dot(float[] a, int aAt, int aCol, float[] b, int bAt, int k) {
    float sum = 0;
    for (int p = 0; p < k; p++) {
      sum = Math.fma(a[aAt + p * aCol], b[bAt + p], sum);
    }
    return sum;
  }
}

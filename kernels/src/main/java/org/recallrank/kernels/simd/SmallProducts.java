package org.recallrank.kernels.simd;

import static org.recallrank.kernels.simd.Lanes.FLOATS;
import static org.recallrank.kernels.simd.Lanes.N;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import org.recallrank.kernels.MatMulKernel.Matrices;

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
      int bAt = bs.offset() + q * bs.step();
      for (int i = 0; i < m; i++) {
        int ai = as.offset() + q * as.step() + i * aRow;
        int ci = cs.offset() + q * cs.step() + i * cs.ld();
        int j = 0;
        for (; j <= n - 2 * N; j += 2 * N) {
          twoVectors(k, alpha, a, ai, aCol, b, bAt + j, bs.ld(), c, ci + j, accumulate);
        }
        for (; j < n; j += N) {
          oneVector(n - j, k, alpha, a, ai, aCol, b, bAt + j, bs.ld(), c, ci + j, accumulate);
        }
      }
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
    c0 = c0.mul(alpha);
    c1 = c1.mul(alpha);
    if (accumulate) {
      c0 = c0.add(FloatVector.fromArray(FLOATS, c, cAt));
      c1 = c1.add(FloatVector.fromArray(FLOATS, c, cAt + N));
    }
    c0.intoArray(c, cAt);
    c1.intoArray(c, cAt + N);
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
    sum = sum.mul(alpha);
    if (accumulate) {
      sum = sum.add(FloatVector.fromArray(FLOATS, c, cAt, lanes));
    }
    sum.intoArray(c, cAt, lanes);
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

package org.recallrank.kernels.simd.gemm;

import static org.recallrank.kernels.simd.Lanes.FLOATS;
import static org.recallrank.kernels.simd.Lanes.N;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import org.recallrank.kernels.MatMulKernel.Matrices;
import org.recallrank.kernels.Scratch;
import org.recallrank.kernels.Workers;
import org.recallrank.kernels.simd.Lanes;

/**
 * Many small matrix products, read where they lie: along the rows of B and C, or, if B is
 * transposed, along the depth.
 */
final class SmallProducts implements Workers.Range {
  private final Matrices as;
  private final Matrices bs;
  private final Matrices cs;
  private final int m;
  private final int n;
  private final int k;
  private final float alpha;
  private final boolean accumulate;
  private final Scratch strips;
  private final float[] a;
  private final int aRow;
  private final int aCol;
  private final float[] b;
  private final int ldb;
  private final float[] c;
  private final int ldc;

  SmallProducts(
      Matrices as, Matrices bs, Matrices cs, float alpha, boolean accumulate, Scratch strips) {
    this.as = as;
    this.bs = bs;
    this.cs = cs;
    this.alpha = alpha;
    this.accumulate = accumulate;
    this.strips = strips;
    m = cs.first().rows();
    n = cs.first().cols();
    k = as.first().cols();
    a = as.first().data();
    aRow = as.first().rowStep();
    aCol = as.first().columnStep();
    b = bs.first().data();
    ldb = bs.first().stride();
    c = cs.first().data();
    ldc = cs.first().stride();
  }

  @Override
  public void run(int from, int to) {
    boolean alongDepth = bs.first().transposed();
    float[] strip = strips.floats(4 * N);
    for (int q = from; q < to; q++) {
      if (alongDepth) {
        alongDepth(as.at(q), bs.at(q), cs.at(q));
      } else {
        alongRows(as.at(q), bs.at(q), cs.at(q), strip);
      }
    }
  }

  /** One product, by vectors of columns of B and C. */
  private void alongRows(int aAt, int bAt, int cAt, float[] strip) {
    int j = 0;
    for (; j <= n - 2 * N; j += 2 * N) {
      int i = 0;
      for (; i <= m - 4; i += 4) {
        fourByTwo(aAt + i * aRow, bAt + j, cAt + i * ldc + j);
      }
      for (; i < m; i++) {
        oneByTwo(aAt + i * aRow, bAt + j, cAt + i * ldc + j);
      }
    }
    for (; j < n; j += N) {
      VectorMask<Float> lanes = Lanes.first(n - j);
      int i = 0;
      for (; i <= m - 4; i += 4) {
        fourByOne(lanes, aAt + i * aRow, bAt + j, strip);
        put(strip, 4, Math.min(N, n - j), cAt + i * ldc + j);
      }
      for (; i < m; i++) {
        oneByOne(lanes, aAt + i * aRow, bAt + j, strip);
        put(strip, 1, Math.min(N, n - j), cAt + i * ldc + j);
      }
    }
  }

  /** Four rows of C at once read B once for all, and hide the latency of the multiply-add. */
  private void fourByTwo(int aAt, int bAt, int cAt) {
    float[] a = this.a;
    float[] b = this.b;
    int aRow = this.aRow;
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
    put(c00, c01, cAt);
    put(c10, c11, cAt + ldc);
    put(c20, c21, cAt + 2 * ldc);
    put(c30, c31, cAt + 3 * ldc);
  }

  private void oneByTwo(int aAt, int bAt, int cAt) {
    float[] a = this.a;
    float[] b = this.b;
    FloatVector c0 = FloatVector.zero(FLOATS);
    FloatVector c1 = FloatVector.zero(FLOATS);
    for (int p = 0; p < k; p++) {
      FloatVector x = FloatVector.broadcast(FLOATS, a[aAt + p * aCol]);
      c0 = x.fma(FloatVector.fromArray(FLOATS, b, bAt + p * ldb), c0);
      c1 = x.fma(FloatVector.fromArray(FLOATS, b, bAt + p * ldb + N), c1);
    }
    put(c0, c1, cAt);
  }

  /** Into a strip: with a mask to write under, the compiler boxes some of the four. */
  private void fourByOne(VectorMask<Float> lanes, int aAt, int bAt, float[] strip) {
    float[] a = this.a;
    float[] b = this.b;
    int aRow = this.aRow;
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
    c0.intoArray(strip, 0);
    c1.intoArray(strip, N);
    c2.intoArray(strip, 2 * N);
    c3.intoArray(strip, 3 * N);
  }

  private void oneByOne(VectorMask<Float> lanes, int aAt, int bAt, float[] strip) {
    float[] a = this.a;
    float[] b = this.b;
    FloatVector sum = FloatVector.zero(FLOATS);
    for (int p = 0; p < k; p++) {
      FloatVector x = FloatVector.broadcast(FLOATS, a[aAt + p * aCol]);
      sum = x.fma(FloatVector.fromArray(FLOATS, b, bAt + p * ldb, lanes), sum);
    }
    sum.intoArray(strip, 0);
  }

  private void put(FloatVector sum0, FloatVector sum1, int cAt) {
    FloatVector x0 = sum0.mul(alpha);
    FloatVector x1 = sum1.mul(alpha);
    if (accumulate) {
      x0.add(FloatVector.fromArray(FLOATS, c, cAt)).intoArray(c, cAt);
      x1.add(FloatVector.fromArray(FLOATS, c, cAt + N)).intoArray(c, cAt + N);
    } else {
      x0.intoArray(c, cAt);
      x1.intoArray(c, cAt + N);
    }
  }

  /** The first columns of some rows of a strip. */
  private void put(float[] strip, int rows, int columns, int cAt) {
    for (int r = 0; r < rows; r++) {
      for (int j = 0; j < columns; j++) {
        float x = alpha * strip[r * N + j];
        int at = cAt + r * ldc + j;
        c[at] = accumulate ? c[at] + x : x;
      }
    }
  }

  /** One product, by inner products of rows of A and columns of B. */
  private void alongDepth(int aAt, int bAt, int cAt) {
    for (int i = 0; i < m; i++) {
      int ai = aAt + i * aRow;
      int ci = cAt + i * ldc;
      for (int j = 0; j < n; j++) {
        int bj = bAt + j * ldb;
        float sum = alpha * (aCol == 1 ? dot(ai, bj) : dotOfColumn(ai, bj));
        c[ci + j] = accumulate ? c[ci + j] + sum : sum;
      }
    }
  }

  private float dot(int aAt, int bAt) {
    float[] a = this.a;
    float[] b = this.b;
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

  /** With the row of A that is a column of what is stored. */
  private float dotOfColumn(int aAt, int bAt) {
    float sum = 0;
    for (int p = 0; p < k; p++) {
      sum = Math.fma(a[aAt + p * aCol], b[bAt + p], sum);
    }
    return sum;
  }
}

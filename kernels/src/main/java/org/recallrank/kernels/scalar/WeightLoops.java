package org.recallrank.kernels.scalar;

/**
 * The innermost loops of the product with {@link ScalarWeights}. The JIT compiler turns those along
 * rows of C into vector instructions because nothing can overlap: each row is an array of its own,
 * and all references have the same index. An offset in any of them ends that.
 *
 * <p>Each adds some steps of depth to the sums, the first step innermost: one chain along the
 * depth.
 */
final class WeightLoops {
  private WeightLoops() {}

  /** Two rows of C, four steps of depth; b are the rows of B. */
  static void twoByFour(
      int n,
      float p0,
      float p1,
      float p2,
      float p3,
      float q0,
      float q1,
      float q2,
      float q3,
      float[] b0,
      float[] b1,
      float[] b2,
      float[] b3,
      float[] c,
      float[] d) {
    for (int j = 0; j < n; j++) {
      float x0 = b0[j];
      float x1 = b1[j];
      float x2 = b2[j];
      float x3 = b3[j];
      c[j] = Math.fma(p3, x3, Math.fma(p2, x2, Math.fma(p1, x1, Math.fma(p0, x0, c[j]))));
      d[j] = Math.fma(q3, x3, Math.fma(q2, x2, Math.fma(q1, x1, Math.fma(q0, x0, d[j]))));
    }
  }

  /** One row of C, four steps of depth. */
  static void oneByFour(
      int n,
      float p0,
      float p1,
      float p2,
      float p3,
      float[] b0,
      float[] b1,
      float[] b2,
      float[] b3,
      float[] c) {
    for (int j = 0; j < n; j++) {
      c[j] =
          Math.fma(p3, b3[j], Math.fma(p2, b2[j], Math.fma(p1, b1[j], Math.fma(p0, b0[j], c[j]))));
    }
  }

  /** One row of C, one step of depth. */
  static void oneByOne(int n, float p, float[] b, float[] c) {
    for (int j = 0; j < n; j++) {
      c[j] = Math.fma(p, b[j], c[j]);
    }
  }

  /**
   * One column of up to four rows of C, row i of A from {@code aAt + i * aRow} on: four chains at a
   * time hide the latency of one. In place of missing rows the last is computed again.
   */
  static void column(int rows, float[] a, int aAt, int aRow, float[] b, float bias, float[] sums) {
    int a1 = aAt + Math.min(1, rows - 1) * aRow;
    int a2 = aAt + Math.min(2, rows - 1) * aRow;
    int a3 = aAt + Math.min(3, rows - 1) * aRow;
    float s0 = bias;
    float s1 = bias;
    float s2 = bias;
    float s3 = bias;
    for (int p = 0; p < b.length; p++) {
      s0 = Math.fma(a[aAt + p], b[p], s0);
      s1 = Math.fma(a[a1 + p], b[p], s1);
      s2 = Math.fma(a[a2 + p], b[p], s2);
      s3 = Math.fma(a[a3 + p], b[p], s3);
    }
    sums[0] = s0;
    sums[1] = s1;
    sums[2] = s2;
    sums[3] = s3;
  }
}

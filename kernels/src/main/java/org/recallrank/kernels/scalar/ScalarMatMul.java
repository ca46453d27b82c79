package org.recallrank.kernels.scalar;

import org.recallrank.kernels.MatMulKernel;
import org.recallrank.kernels.Scratch;
import org.recallrank.kernels.Workers;
import org.recallrank.kernels.base.Checks;

/**
 * The matrix product by rows: each row of C is a sum of rows of B, weighted with the elements of a
 * row of A. The inner loop runs along rows of B and C, which the JIT compiler vectorises; a
 * transposed B is therefore turned round first.
 */
final class ScalarMatMul implements MatMulKernel {
  /** Multiply-adds per chunk of rows. */
  private static final int GRAIN = 1 << 18;

  private static final int TURN_BLOCK = 32;

  private final Workers workers;
  private final Scratch turned = new Scratch();

  ScalarMatMul(Workers workers) {
    this.workers = workers;
  }

  @Override
  public void gemm(
      boolean transposeA,
      boolean transposeB,
      int m,
      int n,
      int k,
      float alpha,
      float[] a,
      int aOffset,
      int lda,
      float[] b,
      int bOffset,
      int ldb,
      float beta,
      float[] c,
      int cOffset,
      int ldc,
      float[] bias,
      int biasOffset,
      Activation activation) {
    Checks.gemm(
        transposeA,
        transposeB,
        m,
        n,
        k,
        a,
        aOffset,
        lda,
        b,
        bOffset,
        ldb,
        c,
        cOffset,
        ldc,
        bias,
        biasOffset);
    float[] rowsOfB = transposeB ? turn(b, bOffset, ldb, k, n) : b;
    int bAt = transposeB ? 0 : bOffset;
    int bStride = transposeB ? n : ldb;
    int aRow = transposeA ? 1 : lda;
    int aCol = transposeA ? lda : 1;
    workers.forRanges(
        m,
        (int) Math.max(1, GRAIN / Math.max(1, (long) n * k)),
        (from, to) -> {
          for (int i = from; i < to; i++) {
            int cAt = cOffset + i * ldc;
            for (int j = 0; j < n; j++) {
              c[cAt + j] = beta == 0 ? 0 : beta * c[cAt + j];
            }
            for (int p = 0; p < k; p++) {
              addRow(
                  alpha * a[aOffset + i * aRow + p * aCol], rowsOfB, bAt + p * bStride, c, cAt, n);
            }
            finishRow(c, cAt, n, bias, biasOffset, activation);
          }
        });
  }

  private static void addRow(float s, float[] b, int bAt, float[] c, int cAt, int n) {
    for (int j = 0; j < n; j++) {
      c[cAt + j] += s * b[bAt + j];
    }
  }

  private static void finishRow(
      float[] c, int cAt, int n, float[] bias, int biasOffset, Activation activation) {
    if (bias != null) {
      for (int j = 0; j < n; j++) {
        c[cAt + j] += bias[biasOffset + j];
      }
    }
    if (activation == Activation.RELU) {
      for (int j = 0; j < n; j++) {
        c[cAt + j] = c[cAt + j] <= 0 ? 0 : c[cAt + j];
      }
    }
  }

  @Override
  public void batched(
      boolean transposeA,
      boolean transposeB,
      int count,
      int m,
      int n,
      int k,
      float alpha,
      Matrices a,
      Matrices b,
      Matrices c,
      boolean accumulate) {
    Checks.batched(transposeA, transposeB, count, m, n, k, a, b, c);
    int aRow = transposeA ? 1 : a.ld();
    int aCol = transposeA ? a.ld() : 1;
    int bRow = transposeB ? 1 : b.ld();
    int bCol = transposeB ? b.ld() : 1;
    workers.forRanges(
        count,
        (int) Math.max(1, GRAIN / Math.max(1, (long) m * n * k)),
        (from, to) -> {
          for (int q = from; q < to; q++) {
            for (int i = 0; i < m; i++) {
              for (int j = 0; j < n; j++) {
                int ai = a.offset() + q * a.step() + i * aRow;
                int bj = b.offset() + q * b.step() + j * bCol;
                int at = c.offset() + q * c.step() + i * c.ld() + j;
                double sum = 0;
                for (int p = 0; p < k; p++) {
                  sum += (double) a.data()[ai + p * aCol] * b.data()[bj + p * bRow];
                }
                float v = (float) (alpha * sum);
                c.data()[at] = accumulate ? c.data()[at] + v : v;
              }
            }
          }
        });
  }

  /** B stored [n, k], as dense [k, n] in this thread's work array. */
  private float[] turn(float[] b, int bOffset, int ldb, int k, int n) {
    float[] out = turned.floats(Math.multiplyExact(k, n));
    for (int j0 = 0; j0 < n; j0 += TURN_BLOCK) {
      int j1 = Math.min(n, j0 + TURN_BLOCK);
      for (int p = 0; p < k; p++) {
        for (int j = j0; j < j1; j++) {
          out[p * n + j] = b[bOffset + j * ldb + p];
        }
      }
    }
    return out;
  }
}

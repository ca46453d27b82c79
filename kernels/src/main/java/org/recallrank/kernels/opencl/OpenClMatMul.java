package org.recallrank.kernels.opencl;

import org.recallrank.kernels.MatMulKernel;
import org.recallrank.kernels.base.Checks;
import org.recallrank.kernels.opencl.DeviceGemm.Matrix;

/**
 * The matrix product on the device, {@code gemm.cl}. Operands that {@link
 * org.recallrank.kernels.Device#keep} has named are there already; others go up, and C comes back.
 *
 * <p>Two things stay on the host: products of fewer than {@value #LEAST_WORK} multiply-adds, which
 * are done before their operands have arrived on a device, and {@link #batched} ones, which are
 * meant for products as small.
 */
final class OpenClMatMul implements MatMulKernel {
  static final int LEAST_WORK = 1 << 20;

  private final ClContext context;
  private final DeviceGemm gemm;
  private final MatMulKernel host;
  private final long leastWork;
  private final ClScratch aScratch;
  private final ClScratch bScratch;
  private final ClScratch cScratch;
  private final ClScratch biasScratch;

  OpenClMatMul(ClContext context, DeviceGemm gemm, MatMulKernel host, long leastWork) {
    this.context = context;
    this.gemm = gemm;
    this.host = host;
    this.leastWork = leastWork;
    aScratch = new ClScratch(context);
    bScratch = new ClScratch(context);
    cScratch = new ClScratch(context);
    biasScratch = new ClScratch(context);
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
    if (m == 0 || n == 0) {
      return;
    }
    if ((long) m * n * k < leastWork) {
      host.gemm(
          transposeA,
          transposeB,
          m,
          n,
          k,
          alpha,
          a,
          aOffset,
          lda,
          b,
          bOffset,
          ldb,
          beta,
          c,
          cOffset,
          ldc,
          bias,
          biasOffset,
          activation);
      return;
    }
    synchronized (context) {
      Matrix onDeviceA = input(aScratch, a, aOffset, transposeA ? k : m, transposeA ? m : k, lda);
      Matrix onDeviceB = input(bScratch, b, bOffset, transposeB ? n : k, transposeB ? k : n, ldb);
      ClBuffer product = cScratch.words((long) m * n);
      if (beta != 0) {
        context.writeRows(product, c, cOffset, m, n, ldc);
      }
      gemm.multiply(
          m,
          n,
          k,
          alpha,
          onDeviceA.transposed(transposeA),
          onDeviceB.transposed(transposeB),
          beta,
          Matrix.dense(product, n),
          bias == null ? null : biasScratch.input(bias, biasOffset, n),
          activation);
      context.readRows(product, c, cOffset, m, n, ldc);
    }
  }

  /** A matrix as it is stored: where it lies already, or a dense copy. */
  private Matrix input(ClScratch scratch, float[] x, int at, int rows, int cols, int ld) {
    ClBuffer resident = context.residents().copyOf(x);
    if (resident != null) {
      return new Matrix(resident, at, ld, 1);
    }
    ClBuffer copy = scratch.words((long) rows * cols);
    context.writeRows(copy, x, at, rows, cols, ld);
    return Matrix.dense(copy, cols);
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
    host.batched(transposeA, transposeB, count, m, n, k, alpha, a, b, c, accumulate);
  }
}

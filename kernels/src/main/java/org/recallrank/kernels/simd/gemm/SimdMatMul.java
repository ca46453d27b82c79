package org.recallrank.kernels.simd.gemm;

import org.recallrank.kernels.MatMulKernel;
import org.recallrank.kernels.Workers;
import org.recallrank.kernels.base.Checks;

/**
 * The matrix product in the manner of Goto and van de Geijn (2008): B is packed into panels ({@link
 * PackedPanels}), A is read where it lies or packed too, and tiles of C are computed in registers
 * ({@link GemmTiles}, {@link NarrowTiles}); {@link Product} cuts it.
 *
 * <p>Alpha goes into the packed copy, the sums start from the bias, and the ReLU is applied when a
 * tile is stored: C is written once per block of depth and read only where a sum goes on.
 */
public final class SimdMatMul implements MatMulKernel {
  /** Multiply-adds of small products that make a chunk worth handing to another thread. */
  private static final long CHUNK_WORK = 1 << 19;

  private final Workers workers;
  private final ThreadLocal<Product> products = ThreadLocal.withInitial(Product::new);
  private final ThreadLocal<Product.Scratch> scratch =
      ThreadLocal.withInitial(Product.Scratch::new);

  public SimdMatMul(Workers workers) {
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
    if (m == 0 || n == 0) {
      return;
    }
    Product product = products.get();
    product.takeA(transposeA, a, aOffset, lda);
    product.takeB(k, n, transposeB, alpha, b, bOffset, ldb);
    product.takeC(m, n, beta, c, cOffset, ldc);
    product.takeBias(bias, biasOffset, n, activation);
    int chunks = product.cut(transposeB);
    for (int round = 0; round < product.rounds(); round++) {
      product.begin(round, workers);
      workers.forChunks(chunks, chunk -> product.compute(chunk, scratch.get()));
    }
    product.forget();
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
    int grain = (int) Math.max(1, CHUNK_WORK / Math.max(1, (long) m * n * k));
    int aRow = transposeA ? 1 : a.ld();
    int aCol = transposeA ? a.ld() : 1;
    workers.forRanges(
        count,
        grain,
        (from, to) -> {
          if (transposeB) {
            SmallProducts.alongDepth(from, to, m, n, k, alpha, a, aRow, aCol, b, c, accumulate);
          } else {
            SmallProducts.alongRows(from, to, m, n, k, alpha, a, aRow, aCol, b, c, accumulate);
          }
        });
  }
}

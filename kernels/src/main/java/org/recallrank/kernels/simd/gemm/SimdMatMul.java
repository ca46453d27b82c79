package org.recallrank.kernels.simd.gemm;

import org.recallrank.kernels.MatMulKernel;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.Scratch;
import org.recallrank.kernels.Vec;
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
  private final Scratch strips = new Scratch();
  private final WeightProduct weightProduct = new WeightProduct();
  private final ThreadLocal<Chunk> chunks = ThreadLocal.withInitial(Chunk::new);
  private final ThreadLocal<Product> products = ThreadLocal.withInitial(() -> new Product(chunks));

  public SimdMatMul(Workers workers) {
    this.workers = workers;
  }

  @Override
  public void gemm(Matrix a, Matrix b, Matrix c, Epilogue epilogue, float alpha, float beta) {
    Checks.gemm(a, b, c, epilogue.bias());
    if (c.size() == 0) {
      return;
    }
    Product product = products.get();
    product.take(a, b, c, epilogue, alpha, beta);
    int count = product.cut();
    for (int round = 0; round < product.rounds(); round++) {
      product.begin(round, workers);
      workers.forRanges(count, 1, product.chunk);
    }
    product.forget();
  }

  @Override
  public Packed pack(Matrix b, Vec bias) {
    Checks.pack(b, bias);
    return new Weights(b, bias);
  }

  @Override
  public void gemm(Matrix a, Packed b, Activation activation, Matrix c) {
    Checks.packedGemm(a, b, c);
    if (!(b instanceof Weights weights)) {
      throw Checks.packedElsewhere("SIMD", b);
    }
    weightProduct.multiply(a, weights, activation, c);
  }

  @Override
  public void batched(Matrices a, Matrices b, Matrices c, float alpha, boolean accumulate) {
    Checks.batched(a, b, c);
    long work = (long) c.first().size() * a.first().cols();
    workers.forRanges(
        c.count(),
        (int) Math.max(1, CHUNK_WORK / Math.max(1, work)),
        new SmallProducts(a, b, c, alpha, accumulate, strips));
  }
}

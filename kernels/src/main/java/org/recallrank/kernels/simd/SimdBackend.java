package org.recallrank.kernels.simd;

import org.recallrank.kernels.Device;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.Workers;
import org.recallrank.kernels.simd.gemm.SimdMatMul;
import org.recallrank.kernels.simd.gemm.TilePriming;

/** The part of the provider that needs the vector classes. */
final class SimdBackend {
  private SimdBackend() {}

  /** Bits of the vectors that the machine works best with. */
  static int vectorBits() {
    return Lanes.FLOATS.vectorBitSize();
  }

  static Kernels create(Workers workers) {
    TilePriming.run();
    return new Kernels(
        "simd",
        workers,
        new SimdMatMul(workers),
        new SimdVectorMath(workers),
        new SimdBatchNorm(workers),
        new SimdLayerNorm(workers),
        new SimdEmbedding(workers),
        new SimdOptimizer(workers),
        new SimdSimHash(workers),
        new SimdHamming(workers),
        new SimdCoInteraction(workers),
        null,
        Device.HOST);
  }
}

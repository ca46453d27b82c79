package org.recallrank.kernels.scalar;

import org.recallrank.kernels.Device;
import org.recallrank.kernels.KernelProvider;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.Workers;

/** Plain Java that works everywhere; what the other backends are measured and tested against. */
public final class ScalarKernelProvider implements KernelProvider {
  @Override
  public String name() {
    return "scalar";
  }

  @Override
  public int priority() {
    return 1;
  }

  @Override
  public Probe probe() {
    return Probe.ok("plain Java");
  }

  @Override
  public Kernels create(Workers workers) {
    return new Kernels(
        name(),
        workers,
        new ScalarMatMul(workers),
        new ScalarVectorMath(workers),
        new ScalarBatchNorm(workers),
        new ScalarLayerNorm(workers),
        new ScalarEmbedding(workers),
        new ScalarOptimizer(workers),
        new ScalarSimHash(workers),
        new ScalarHamming(workers),
        new ScalarCoInteraction(workers),
        null,
        Device.HOST);
  }
}

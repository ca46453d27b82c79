package org.recallrank.kernels.simd;

import org.recallrank.kernels.KernelProvider;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.Workers;

/**
 * The Vector API backend. Neither this class nor {@link SimdProbe} touches a vector class before
 * the module is known to be there, so both load, and say why not, in a JVM without it.
 */
public final class SimdKernelProvider implements KernelProvider {
  @Override
  public String name() {
    return "simd";
  }

  @Override
  public int priority() {
    return 10;
  }

  @Override
  public Probe probe() {
    return SimdProbe.judge(SimdProbe.look());
  }

  @Override
  public Kernels create(Workers workers) {
    Probe probe = probe();
    if (!probe.available()) {
      throw new IllegalStateException(
          "kernel backend 'simd' does not work here: " + probe.detail());
    }
    return SimdBackend.create(workers);
  }
}

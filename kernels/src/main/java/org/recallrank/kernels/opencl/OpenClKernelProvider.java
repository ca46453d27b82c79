package org.recallrank.kernels.opencl;

import java.util.List;
import org.recallrank.kernels.KernelProvider;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.Workers;

/**
 * The OpenCL backend; only on request, as a device pays for large batches only. This class touches
 * no class of JOCL, so it loads, and says what is missing, without the jar.
 */
public final class OpenClKernelProvider implements KernelProvider {
  @Override
  public String name() {
    return "opencl";
  }

  @Override
  public int priority() {
    return 0;
  }

  @Override
  public Probe probe() {
    return OpenClProbe.look(getClass().getClassLoader());
  }

  @Override
  public List<String> devices() {
    return probe().available() ? OpenClBackend.devices() : List.of();
  }

  @Override
  public Kernels create(Workers workers) {
    return create(workers, null);
  }

  @Override
  public Kernels create(Workers workers, String device) {
    Probe probe = probe();
    if (!probe.available()) {
      throw new IllegalStateException(
          "kernel backend 'opencl' does not work here: " + probe.detail());
    }
    return OpenClBackend.create(workers, device);
  }
}

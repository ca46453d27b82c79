package org.recallrank;

import org.recallrank.kernels.KernelSelector;
import org.recallrank.kernels.KernelSelector.Candidate;

/** Whether there is an OpenCL device to test. */
public final class OpenClDevice {
  private OpenClDevice() {}

  /** Where {@code RECALLRANK_REQUIRE_OPENCL} is true, as in continuous integration, it must be. */
  public static boolean isThere() {
    Candidate opencl =
        new KernelSelector()
            .candidates().stream().filter(c -> c.name().equals("opencl")).findFirst().orElseThrow();
    if (!opencl.available() && Boolean.parseBoolean(System.getenv("RECALLRANK_REQUIRE_OPENCL"))) {
      throw new AssertionError("an OpenCL device is required here: " + opencl.detail());
    }
    return opencl.available();
  }
}

package org.recallrank.kernels.opencl;

import java.util.List;
import java.util.stream.Stream;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.Workers;

/** The backend as the agreement tests want it: with nothing left to the host for being small. */
public final class OpenClOnTrial {
  private OpenClOnTrial() {}

  /** Whether there is a device; where one is required, its lack is an error. */
  public static boolean hasDevice() {
    var probe = OpenClProbe.look(OpenClOnTrial.class.getClassLoader());
    if (!probe.available() && Boolean.parseBoolean(System.getenv("RECALLRANK_REQUIRE_OPENCL"))) {
      throw new AssertionError("an OpenCL device is required here: " + probe.detail());
    }
    return probe.available();
  }

  static ClContext context() {
    return new ClContext(ClDevice.choose(ClDevice.list(), null));
  }

  static Kernels create(Workers workers, ClContext context) {
    ClDevice device = context.device();
    return OpenClBackend.create(workers, context, null, 0, 0, device.cpu(), device.localMemory());
  }

  /** As this device has it. */
  public static Kernels create(Workers workers) {
    ClContext context = context();
    workers.onClose(context::close);
    return create(workers, context);
  }

  /**
   * With each parameter set of the matrix product, with the way to select of other devices, and
   * with co-interactions that local memory does not hold.
   */
  public static List<Kernels> variants(Workers workers) {
    ClContext context = context();
    workers.onClose(context::close);
    return Stream.of(DeviceGemm.Tiles.CPU, DeviceGemm.Tiles.GPU_SMALL, DeviceGemm.Tiles.GPU_LARGE)
        .map(t -> OpenClBackend.create(workers, context, t, 0, 0, !context.device().cpu(), 0))
        .toList();
  }
}

package org.recallrank.kernels.opencl;

import java.util.List;
import java.util.function.Supplier;
import org.recallrank.kernels.KernelProvider.Probe;

/** Whether there is a device, and if not, which of the many reasons it is. */
final class OpenClProbe {
  private static final String JOCL = "org/jocl/CL.class";

  private OpenClProbe() {}

  static Probe look(ClassLoader classPath) {
    if (classPath.getResource(JOCL) == null) {
      return Probe.no(
          "JOCL is not on the class path; add the dependency org.jocl:jocl:2.0.6 (it is optional)");
    }
    return judge(OpenClBackend::devices);
  }

  /** What follows from a look at the devices, which may fail in any way. */
  static Probe judge(Supplier<List<String>> devices) {
    try {
      List<String> found = devices.get();
      if (found.isEmpty()) {
        return Probe.no(
            "no OpenCL platform with a device; install a driver (on Debian, for the processor:"
                + " pocl-opencl-icd; for a GPU: its maker's)");
      }
      return Probe.ok(String.join("; ", found));
    } catch (LinkageError e) {
      return Probe.no(unloadable(e));
    } catch (IllegalStateException e) {
      return Probe.no("the OpenCL driver fails: " + e.getMessage());
    }
  }

  /**
   * JOCL's native library did not load. The first failure is an error of linking; from then on the
   * class is broken and the reason is the cause's.
   */
  private static String unloadable(LinkageError error) {
    Throwable reason = error;
    while (reason.getCause() != null) {
      reason = reason.getCause();
    }
    return "JOCL's native library does not load: "
        + String.valueOf(reason.getMessage()).strip().replaceAll("\\s+", " ")
        + "; it needs libOpenCL (on Debian: ocl-icd-libopencl1), and it is unpacked to"
        + " java.io.tmpdir ("
        + System.getProperty("java.io.tmpdir")
        + "), where programs must be allowed to run: else start Java with"
        + " -Djava.io.tmpdir=FOLDER";
  }
}

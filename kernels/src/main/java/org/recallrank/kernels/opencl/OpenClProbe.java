package org.recallrank.kernels.opencl;

import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.recallrank.kernels.KernelProvider.Probe;

/** Whether there is a device, and if not, which of the many reasons it is. */
final class OpenClProbe {
  private static final Pattern ERROR =
      Pattern.compile("(?m)^\\s*[\\w.]+(?:Error|Exception): (.*)$");
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
        + lastError(String.valueOf(reason.getMessage()))
        + "; it is unpacked to java.io.tmpdir ("
        + System.getProperty("java.io.tmpdir")
        + "), which must be a folder that can be written to and that programs may run from (not"
        + " mounted noexec): else start Java with -Djava.io.tmpdir=FOLDER; and it needs libOpenCL"
        + " (on Debian: ocl-icd-libopencl1)";
  }

  /**
   * JOCL's message is made of the stack traces of all it has tried, the library path first and the
   * unpacked file last: what the last one said, or else all.
   */
  private static String lastError(String message) {
    String said = message;
    Matcher error = ERROR.matcher(message);
    while (error.find()) {
      said = error.group(1);
    }
    return said.strip().replaceAll("\\s+", " ");
  }
}

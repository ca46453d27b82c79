package org.recallrank.kernels.opencl;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.recallrank.kernels.KernelProvider.Probe;

class OpenClProbeTest {
  @Test
  void withoutTheJarItNamesTheDependency() {
    ClassLoader bare = ClassLoader.getPlatformClassLoader();
    assertThat(OpenClProbe.look(bare))
        .isEqualTo(
            Probe.no(
                "JOCL is not on the class path; add the dependency org.jocl:jocl:2.0.6 (it is"
                    + " optional)"));
  }

  @Test
  void withoutADeviceItNamesDrivers() {
    Probe probe = OpenClProbe.judge(List::of);
    assertThat(probe.available()).isFalse();
    assertThat(probe.detail()).contains("no OpenCL platform", "pocl-opencl-icd");
  }

  @Test
  void aLibraryThatDoesNotLoadIsAReasonAtOnceAndLater() {
    Probe first =
        OpenClProbe.judge(
            () -> {
              throw new UnsatisfiedLinkError("failed to map segment\n from shared object");
            });
    assertThat(first.available()).isFalse();
    assertThat(first.detail())
        .contains("failed to map segment from shared object")
        .contains("-Djava.io.tmpdir", "ocl-icd-libopencl1");
    Probe later =
        OpenClProbe.judge(
            () -> {
              NoClassDefFoundError broken =
                  new NoClassDefFoundError("Could not initialize class org.jocl.CL");
              broken.initCause(new UnsatisfiedLinkError("no libOpenCL"));
              throw broken;
            });
    assertThat(later.detail()).contains("no libOpenCL");
  }

  @Test
  void ofJoclsStackTracesOnlyTheLastErrorIsShown() {
    Probe probe =
        OpenClProbe.judge(
            () -> {
              throw new UnsatisfiedLinkError(
                  """
                  Error while loading native library "JOCL_2_0_6-linux-x86_64"
                  Stack trace from the attempt to load the library as a file:
                  java.lang.UnsatisfiedLinkError: no JOCL in java.library.path: /usr/lib
                  \tat org.jocl.CL.<clinit>(CL.java:51)
                  Stack trace from the attempt to load the library as a resource:
                  java.io.FileNotFoundException: /x/libJOCL.so (No such file or directory)
                  \tat org.jocl.CL.<clinit>(CL.java:51)
                  ---(end of nested stack traces)---
                  """);
            });
    assertThat(probe.detail())
        .startsWith(
            "JOCL's native library does not load: /x/libJOCL.so (No such file or directory);")
        .doesNotContain("CL.java");
  }

  @Test
  void aDriverThatFailsIsAReason() {
    assertThat(
            OpenClProbe.judge(
                    () -> {
                      throw new IllegalStateException("CL_OUT_OF_HOST_MEMORY");
                    })
                .detail())
        .contains("driver fails", "CL_OUT_OF_HOST_MEMORY");
  }

  @Test
  void devicesAreDescribed() {
    assertThat(OpenClProbe.judge(() -> List.of("one", "two"))).isEqualTo(Probe.ok("one; two"));
  }
}

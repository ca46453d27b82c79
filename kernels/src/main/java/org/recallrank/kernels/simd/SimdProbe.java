package org.recallrank.kernels.simd;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import org.recallrank.kernels.KernelProvider.Probe;

/**
 * Whether the Vector API can work well here. It is an incubator module that must be asked for, and
 * without the optimising compiler's intrinsics it runs hundreds of times slower than plain loops.
 */
final class SimdProbe {
  private static final String MODULE = "jdk.incubator.vector";
  private static final int LEAST_BITS = 128;
  private static final int OPTIMISING_LEVEL = 4;

  private SimdProbe() {}

  /**
   * What the probe looks at.
   *
   * @param module whether the module is in the boot layer
   * @param vmInfo system property java.vm.info
   * @param stopAtLevel JVM option TieredStopAtLevel, null if the JVM has none
   * @param intrinsics JVM option EnableVectorSupport, null if it cannot be seen: it is
   *     experimental, so it shows only where experimental options are unlocked, and only there it
   *     can be off
   * @param fma JVM option UseFMA, null if the JVM has none
   * @param bits preferred vector width, 0 without the module
   */
  record Facts(
      boolean module, String vmInfo, String stopAtLevel, String intrinsics, String fma, int bits) {}

  static Facts look() {
    if (ModuleLayer.boot().findModule(MODULE).isEmpty()) { // the beans below take their time
      return new Facts(false, "", null, null, null, 0);
    }
    return new Facts(
        true,
        System.getProperty("java.vm.info", ""),
        option("TieredStopAtLevel"),
        option("EnableVectorSupport"),
        option("UseFMA"),
        SimdBackend.vectorBits());
  }

  static Probe judge(Facts facts) {
    if (!facts.module()) {
      return Probe.no(
          "module " + MODULE + " is not loaded; start Java with --add-modules " + MODULE);
    }
    if (facts.vmInfo().contains("interpreted")) {
      return Probe.no("the JVM only interprets code; start Java without -Xint");
    }
    if (facts.stopAtLevel() == null) {
      return Probe.no(
          "this JVM is not known to compile the Vector API to vector instructions; use a HotSpot"
              + " JVM, whose runtime image has the module jdk.management");
    }
    if (Integer.parseInt(facts.stopAtLevel()) < OPTIMISING_LEVEL) {
      return Probe.no(
          "the optimising compiler is off; start Java without -XX:TieredStopAtLevel="
              + facts.stopAtLevel());
    }
    if (facts.vmInfo().contains("emulated-client")) {
      return Probe.no("the optimising compiler is off; start Java without -XX:CompilationMode");
    }
    if ("false".equals(facts.intrinsics())) {
      return Probe.no("Vector API intrinsics are off; start Java without -XX:-EnableVectorSupport");
    }
    if ("false".equals(facts.fma())) {
      return Probe.no("this processor has no fused multiply-add, or -XX:-UseFMA turned it off");
    }
    if (facts.bits() < LEAST_BITS) {
      return Probe.no(
          "the widest vectors here have %s bits, at least %s are needed"
              .formatted(facts.bits(), LEAST_BITS));
    }
    return Probe.ok(facts.bits() + "-bit vectors");
  }

  /** The value of a HotSpot option, null if this JVM does not know it. */
  private static String option(String name) {
    try {
      HotSpotDiagnosticMXBean bean =
          ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
      return bean == null ? null : bean.getVMOption(name).getValue();
    } catch (IllegalArgumentException | LinkageError e) {
      return null; // another JVM, or a runtime image without the management module
    }
  }
}

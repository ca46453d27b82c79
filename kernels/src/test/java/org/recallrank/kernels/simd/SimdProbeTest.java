package org.recallrank.kernels.simd;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.recallrank.kernels.KernelProvider.Probe;
import org.recallrank.kernels.simd.SimdProbe.Facts;

class SimdProbeTest {
  private static final String MIXED = "mixed mode, sharing";

  private static void refused(Facts facts, String reason) {
    Probe probe = SimdProbe.judge(facts);
    assertThat(probe.available()).isFalse();
    assertThat(probe.detail()).contains(reason);
  }

  @Test
  void acceptsAnOrdinaryJvm() {
    assertThat(SimdProbe.judge(new Facts(true, MIXED, "4", null, "true", 128)))
        .isEqualTo(Probe.ok("128-bit vectors"));
    assertThat(SimdProbe.judge(new Facts(true, MIXED, "4", "true", null, 512)).available())
        .isTrue();
  }

  @Test
  void refusesWhereVectorsWouldBeSlowAndSaysWhatToDo() {
    refused(new Facts(false, MIXED, "4", null, "true", 0), "--add-modules jdk.incubator.vector");
    refused(new Facts(true, "interpreted mode", "4", null, "true", 512), "-Xint");
    refused(new Facts(true, MIXED, null, null, null, 512), "HotSpot");
    refused(new Facts(true, MIXED, "1", null, "true", 512), "-XX:TieredStopAtLevel=1");
    refused(new Facts(true, MIXED, "3", null, "true", 512), "-XX:TieredStopAtLevel=3");
    refused(
        new Facts(true, "mixed mode, emulated-client", "4", null, "true", 512),
        "-XX:CompilationMode");
    refused(new Facts(true, MIXED, "4", "false", "true", 512), "-XX:-EnableVectorSupport");
    refused(new Facts(true, MIXED, "4", null, "false", 512), "fused multiply-add");
    refused(new Facts(true, MIXED, "4", null, "true", 64), "64 bits");
  }

  @Test
  void looksAtThisJvm() {
    Facts facts = SimdProbe.look();
    assertThat(facts.module()).isTrue();
    assertThat(facts.bits()).isEqualTo(SimdBackend.vectorBits());
    assertThat(facts.stopAtLevel()).isNotNull();
  }
}

package org.recallrank.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.recallrank.kernels.KernelProvider.Probe;
import org.recallrank.kernels.KernelSelector.Candidate;
import org.recallrank.kernels.KernelSelector.Selection;

class KernelSelectorTest {
  private final Workers workers = Workers.create(1);

  @AfterEach
  void restore() {
    System.clearProperty(KernelSelector.PROPERTY);
    workers.close();
  }

  /** A backend with a name and nothing behind it. */
  private record Fake(String name, int priority, Probe probe) implements KernelProvider {
    @Override
    public Kernels create(Workers workers) {
      return new Kernels(
          name, workers, null, null, null, null, null, null, null, null, null, null, Device.HOST);
    }
  }

  private static final Fake PLAIN = new Fake("plain", 1, Probe.ok("slow"));
  private static final Fake FAST = new Fake("fast", 10, Probe.ok("512 bits"));
  private static final Fake BROKEN = new Fake("broken", 20, Probe.no("no such device"));
  private static final Fake SPECIAL = new Fake("special", 0, Probe.ok("one device"));

  private static KernelSelector of(KernelProvider... providers) {
    return new KernelSelector(List.of(providers));
  }

  @Test
  void theAvailableBackendOfHighestPriorityWinsAndTheOthersGetAReason() {
    Selection selection = of(PLAIN, SPECIAL, FAST, BROKEN).select(null, workers);
    assertThat(selection.kernels().name()).isEqualTo("fast");
    assertThat(selection.explanation())
        .isEqualTo(
            "kernels: fast (512 bits), 1 thread; broken not taken: no such device; plain not"
                + " taken: lower priority; special not taken: only on request");
  }

  @Test
  void anExplicitRequestIsMetOrAnError() {
    KernelSelector selector = of(PLAIN, SPECIAL, FAST, BROKEN);
    assertThat(selector.select("special", workers).kernels().name()).isEqualTo("special");
    assertThat(selector.select("plain", workers).explanation())
        .isEqualTo("kernels: plain (slow), 1 thread; asked for");
    assertThatThrownBy(() -> selector.select("broken", workers))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "kernel backend 'broken' (asked for) does not work here: no such device; known"
                + " backends: broken, fast, plain, special");
    assertThatThrownBy(() -> selector.select("cuda", workers))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "kernel backend 'cuda' (asked for) is unknown; known backends: broken, fast, plain,"
                + " special");
  }

  @Test
  void thePropertyCountsAfterTheArgument() {
    KernelSelector selector = of(PLAIN, FAST, BROKEN);
    System.setProperty(KernelSelector.PROPERTY, "plain");
    assertThat(selector.select(null, workers).kernels().name()).isEqualTo("plain");
    assertThat(selector.select("fast", workers).kernels().name()).isEqualTo("fast");
    System.setProperty(KernelSelector.PROPERTY, "broken");
    assertThatThrownBy(() -> selector.select(null, workers))
        .hasMessageContaining("asked for by -Drecallrank.kernels")
        .hasMessageContaining("no such device");
    System.setProperty(KernelSelector.PROPERTY, " ");
    assertThat(selector.select(null, workers).kernels().name()).isEqualTo("fast");
  }

  @Test
  void noBackendAtAllIsAnErrorWithAllReasons() {
    assertThatThrownBy(() -> of(BROKEN, SPECIAL).select(null, workers))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "no kernel backend works here; broken not taken: no such device; special not taken:"
                + " only on request");
  }

  @Test
  void candidatesAreListedForInfo() {
    assertThat(of(PLAIN, BROKEN).candidates())
        .containsExactly(
            new Candidate("broken", false, "no such device"), new Candidate("plain", true, "slow"));
  }

  @Test
  void aBackendOnRequestIsNotLookedAtUnasked() {
    Fake lazy = new Fake("lazy", 0, null); // whose probe would be missed
    assertThat(of(PLAIN, lazy).select(null, workers).explanation())
        .endsWith("lazy not taken: only on request");
  }

  @Test
  void aDeviceNeedsABackendThatHasSome() {
    assertThatThrownBy(() -> of(FAST).select(null, "0", workers))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("device '0' is asked for without a backend");
    assertThatThrownBy(() -> of(FAST).select("fast", "gpu", workers))
        .hasMessage("kernel backend 'fast' has no devices to choose from, found 'gpu'");
  }

  @Test
  void theHostsBackendIsThatOfPriority() {
    assertThat(of(SPECIAL, PLAIN, BROKEN, FAST).fastestOfHost(workers).name()).isEqualTo("fast");
    assertThatThrownBy(() -> of(SPECIAL).fastestOfHost(workers))
        .hasMessage("no kernel backend of the host works here");
  }

  @Test
  void theBackendsOfThisModuleAreFound() {
    assertThat(new KernelSelector().candidates())
        .extracting(Candidate::name)
        .containsExactly("simd", "scalar", "opencl");
    // The tests run with the flag, so simd must work: or they would test less than they say.
    assertThat(new KernelSelector().select(null, workers).kernels().name()).isEqualTo("simd");
  }
}

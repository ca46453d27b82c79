package org.recallrank.autograd;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.recallrank.tensor.Rng;

class TapeOwnerTest {
  /** Two threads that take arrays at once would be given the same ones. */
  @Test
  void anArrayForAnotherThreadIsAnError() {
    Tape tape = new Tape(HostBackends.scalar());
    tape.startTraining(new Rng(1));
    tape.allocate(3);
    assertThatThrownBy(() -> CompletableFuture.runAsync(() -> tape.allocate(3)).join())
        .hasRootCauseInstanceOf(IllegalStateException.class)
        .hasStackTraceContaining("the step belongs to");
    assertThatThrownBy(() -> CompletableFuture.runAsync(() -> tape.allocateInts(3)).join())
        .hasRootCauseInstanceOf(IllegalStateException.class);
    CompletableFuture.runAsync(
            () -> {
              tape.startEvaluation();
              tape.allocate(3);
            })
        .join();
  }
}

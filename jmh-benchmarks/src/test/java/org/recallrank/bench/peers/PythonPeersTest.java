package org.recallrank.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.recallrank.bench.cases.AdamCase;
import org.recallrank.bench.cases.CoInteractionCase;
import org.recallrank.bench.cases.HammingCase;
import org.recallrank.bench.cases.KernelCase;

/** What processes of their own compute is right, and a missing interpreter is no failure. */
class PythonPeersTest {
  static Stream<Arguments> cases() {
    Peer faiss = FaissPeer.find(Python.ofSystem());
    Peer torch = TorchPeer.find(Python.ofSystem());
    return Stream.of(
        Arguments.of(faiss, new HammingCase(500, 64, 3, 7)),
        Arguments.of(faiss, new HammingCase(70, 256, 1, 20)),
        Arguments.of(
            torch, new CoInteractionCase(CoInteractionCase.Pass.FORWARD_BACKWARD, 5, 3, 4, 6, 11)),
        Arguments.of(torch, new AdamCase(AdamCase.Tables.DENSE, 37, 5, 9)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void computesWhatTheOracleSays(Peer peer, KernelCase operation) {
    assumeTrue(peer.missing() == null, peer.missing());
    assertThat(peer.knows(operation)).isTrue();
    operation.reset();
    try (Contender contender = peer.enter(operation, 1)) {
      operation.check(
          () -> {
            contender.run();
            contender.collect();
          });
      assertThat(contender.seconds(1_000_000)).isPositive().isLessThan(1);
    }
  }

  @Test
  void aMissingInterpreterSaysWhatToInstall() {
    Peer faiss = FaissPeer.find(new Python("/no/such/python"));
    assertThat(faiss.missing()).contains("/no/such/python", "python3-faiss", "--python");
    assertThat(faiss.knows(new HammingCase(5, 64, 1, 1))).isTrue();
    Peer torch = TorchPeer.find(new Python("/no/such/python"));
    assertThat(torch.missing()).contains("python3-torch");
  }
}

package org.recallrank.bench.peers;

import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.recallrank.bench.cases.SmallCases;

/** Each peer of a build with {@code -Ppeers} computes what the oracles say; else there are none. */
class BuiltInPeersTest {

  @TestFactory
  Stream<DynamicTest> peersComputeWhatTheOraclesSay() {
    return ServiceLoader.load(Peer.class).stream()
        .map(ServiceLoader.Provider::get)
        .flatMap(
            peer ->
                SmallCases.all()
                    .filter(peer::knows)
                    .map(
                        operation ->
                            DynamicTest.dynamicTest(
                                operation.name() + " by " + peer.name(),
                                () -> {
                                  try (Contender contender = peer.enter(operation, 1)) {
                                    operation.check(
                                        () -> {
                                          contender.run();
                                          contender.collect();
                                        });
                                  }
                                })));
  }
}

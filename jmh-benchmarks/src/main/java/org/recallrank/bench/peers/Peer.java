package org.recallrank.bench.peers;

import java.util.Optional;
import org.recallrank.bench.cases.KernelCase;

/** Another implementation of some operations, in this JVM. */
public interface Peer {

  /** Name and version, such as {@code OpenBLAS 0.3.21 (Zen)}. */
  String name();

  /** Why it cannot run here and what to install, or null if it can. */
  String missing();

  /**
   * The peer at the start of one operation: inputs converted, memory allocated.
   *
   * @return empty if it has no such operation
   */
  Optional<Contender> enter(KernelCase operation, int threads);

  /** One operation, ready to run. */
  interface Contender extends AutoCloseable {
    /** Does the operation once, on the contender's own memory. */
    void run();

    /** Copies the output of the last run into the case, for {@link KernelCase#compare}. */
    void collect();

    @Override
    void close();
  }
}

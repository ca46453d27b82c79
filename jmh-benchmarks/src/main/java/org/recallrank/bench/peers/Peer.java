package org.recallrank.bench.peers;

import org.recallrank.bench.cases.KernelCase;

/** Another implementation of some operations, in this process or in one of its own. */
public interface Peer {

  /** Name and, if it can be asked, version, such as {@code OpenBLAS 0.3.21, kernels for Zen}. */
  String name();

  /** Why it cannot run here and what to install, or null if it can. */
  String missing();

  /** Whether it has this operation; answered also if it is missing. */
  boolean knows(KernelCase operation);

  /**
   * The peer at the start of one operation that it knows: inputs converted, memory allocated.
   *
   * @param operation just {@linkplain KernelCase#reset reset}
   * @param threads how many it may use
   */
  Contender enter(KernelCase operation, int threads);

  /** A peer that is not here. */
  record Missing(String name, String missing, Class<? extends KernelCase> known) implements Peer {
    @Override
    public boolean knows(KernelCase operation) {
      return known.isInstance(operation);
    }

    @Override
    public Contender enter(KernelCase operation, int threads) {
      throw new IllegalStateException(missing);
    }
  }
}

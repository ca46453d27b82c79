package org.recallrank.bench.peers.maven;

import org.recallrank.bench.cases.GemmCase;
import org.recallrank.bench.cases.KernelCase;
import org.recallrank.bench.peers.Contender;
import org.recallrank.bench.peers.Peer;

/** A library of matrix products. */
abstract class GemmPeer implements Peer {
  private final String name;

  GemmPeer(String name) {
    this.name = name;
  }

  @Override
  public final String name() {
    return name;
  }

  @Override
  public final String missing() {
    return null;
  }

  @Override
  public final boolean knows(KernelCase operation) {
    return operation instanceof GemmCase gemm && gemm.bias == null;
  }

  @Override
  public final Contender enter(KernelCase operation, int threads) {
    return enter((GemmCase) operation, threads);
  }

  abstract Contender enter(GemmCase gemm, int threads);
}

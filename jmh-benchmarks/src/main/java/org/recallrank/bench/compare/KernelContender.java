package org.recallrank.bench.compare;

import org.recallrank.bench.cases.KernelCase;
import org.recallrank.bench.peers.Contender;
import org.recallrank.kernels.Kernels;

/**
 * A backend's side of a duel; the output is kept where the compiler cannot know that nobody reads
 * it.
 */
public final class KernelContender implements Contender {
  private final KernelCase operation;
  private final Kernels kernels;
  private volatile Object output;

  public KernelContender(KernelCase operation, Kernels kernels) {
    this.operation = operation;
    this.kernels = kernels;
  }

  @Override
  public void run() {
    output = operation.run(kernels);
  }

  @Override
  public void collect() {
    if (output == null) {
      throw new IllegalStateException("nothing was run");
    }
  }
}

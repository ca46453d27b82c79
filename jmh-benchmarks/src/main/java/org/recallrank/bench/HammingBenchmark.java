package org.recallrank.bench;

import org.openjdk.jmh.annotations.Param;
import org.recallrank.bench.cases.HammingCase;
import org.recallrank.bench.cases.KernelCase;

/** The nearest signatures of pools from a user's candidates to a whole catalogue. */
public class HammingBenchmark extends KernelBenchmark {
  @Param({"300", "10000", "1000000", "10000000"})
  public int pool;

  @Param({"64", "256"})
  public int bits;

  @Param({"1", "16", "64"})
  public int queries;

  @Param("20")
  public int k;

  @Override
  protected KernelCase newCase() {
    return new HammingCase(pool, bits, queries, k);
  }
}

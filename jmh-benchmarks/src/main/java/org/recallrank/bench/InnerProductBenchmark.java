package org.recallrank.bench;

import org.openjdk.jmh.annotations.Param;
import org.recallrank.bench.cases.InnerProductCase;
import org.recallrank.bench.cases.KernelCase;

/** Exact nearest neighbours by inner product. */
public class InnerProductBenchmark extends KernelBenchmark {
  @Param({"300", "10000", "1000000"})
  public int candidates;

  @Param({"10", "32", "64"})
  public int dim;

  @Param({"1", "64"})
  public int queries;

  @Param("20")
  public int k;

  @Override
  protected KernelCase newCase() {
    return new InnerProductCase(candidates, dim, queries, k);
  }
}

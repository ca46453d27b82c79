package org.recallrank.bench;

import org.openjdk.jmh.annotations.Param;
import org.recallrank.bench.cases.GemmCase;
import org.recallrank.bench.cases.GemmShape;
import org.recallrank.bench.cases.KernelCase;

/** Matrix products at the shapes of training and, with small batches, of serving. */
public class GemmBenchmark extends KernelBenchmark {
  @Param public GemmShape shape;

  @Param("4096")
  public int batch;

  @Override
  protected KernelCase newCase() {
    return new GemmCase(shape, batch);
  }
}

package org.recallrank.bench;

import org.openjdk.jmh.annotations.Param;
import org.recallrank.bench.cases.EmbeddingCase;
import org.recallrank.bench.cases.EmbeddingCase.Direction;
import org.recallrank.bench.cases.KernelCase;

/** Rows of a batch out of a table, and gradients into one. */
public class EmbeddingBenchmark extends KernelBenchmark {
  @Param public Direction direction;

  @Param({"10000", "1000000"})
  public int tableRows;

  @Param({"10", "32", "64"})
  public int dim;

  @Param("4096")
  public int batch;

  @Override
  protected KernelCase newCase() {
    return new EmbeddingCase(direction, tableRows, dim, batch);
  }
}

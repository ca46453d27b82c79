package org.recallrank.bench;

import org.openjdk.jmh.annotations.Param;
import org.recallrank.bench.cases.KernelCase;
import org.recallrank.bench.cases.SelectionCase;

/** RAR's selection for a batch: a short list of candidates per row. */
public class SelectionBenchmark extends KernelBenchmark {
  @Param("4096")
  public int batch;

  @Param("300")
  public int listLength;

  @Param({"64", "256"})
  public int bits;

  @Param("20")
  public int k;

  @Override
  protected KernelCase newCase() {
    return new SelectionCase(batch, listLength, bits, k);
  }
}

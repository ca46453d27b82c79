package org.recallrank.bench;

import org.openjdk.jmh.annotations.Param;
import org.recallrank.bench.cases.KernelCase;
import org.recallrank.bench.cases.SimHashCase;
import org.recallrank.kernels.SimHashKernel.Form;

/** SimHash signatures of embeddings. */
public class SimHashBenchmark extends KernelBenchmark {
  @Param public Form form;

  @Param("10000")
  public int rows;

  @Param({"10", "32", "64"})
  public int dim;

  @Param({"64", "256"})
  public int bits;

  @Override
  protected KernelCase newCase() {
    return new SimHashCase(form, rows, dim, bits);
  }
}

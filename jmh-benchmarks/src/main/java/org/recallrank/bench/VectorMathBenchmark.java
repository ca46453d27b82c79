package org.recallrank.bench;

import org.openjdk.jmh.annotations.Param;
import org.recallrank.bench.cases.KernelCase;
import org.recallrank.bench.cases.VectorMathCase;
import org.recallrank.bench.cases.VectorMathCase.Function;

/** Exponential, sigmoid and softmax, in cache (256 rows) and out of it. */
public class VectorMathBenchmark extends KernelBenchmark {
  @Param public Function function;

  @Param({"256", "262144"})
  public int rows;

  @Param("64")
  public int cols;

  @Override
  protected KernelCase newCase() {
    return new VectorMathCase(function, rows, cols);
  }
}

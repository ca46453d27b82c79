package org.recallrank.bench;

import org.openjdk.jmh.annotations.Param;
import org.recallrank.bench.cases.GemmCase;
import org.recallrank.bench.cases.GemmShape;
import org.recallrank.bench.cases.KernelCase;

/** Matrix products at the shapes of training and, with small batches, of serving. */
public class GemmBenchmark extends KernelBenchmark {
  @Param public GemmShape shape;

  /**
   * 4096 as in training. For serving {@code -p batch=1,2,4,8,16,32,64,128,256,512 -p
   * shape=FORWARD_30,FORWARD_100,FORWARD_400,FORWARD_1000}.
   */
  @Param("4096")
  public int batch;

  @Override
  protected KernelCase newCase() {
    return new GemmCase(shape, batch);
  }
}

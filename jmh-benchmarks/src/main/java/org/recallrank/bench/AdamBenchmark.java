package org.recallrank.bench;

import org.openjdk.jmh.annotations.Param;
import org.recallrank.bench.cases.AdamCase;
import org.recallrank.bench.cases.AdamCase.Tables;
import org.recallrank.bench.cases.KernelCase;

/**
 * Adam over every row of a table, or over those that a batch touched. By default a table of 100 MB,
 * with its moments 300 MB; lazily the time should not depend on the size: {@code -p tables=LAZY -p
 * rows=10000,100000,1000000,10000000 -p dim=10} (give the largest {@code -jvmArgsAppend -Xmx4g}).
 */
public class AdamBenchmark extends KernelBenchmark {
  @Param public Tables tables;

  @Param("2500000")
  public int rows;

  @Param("10")
  public int dim;

  /** Rows that the batch looks up. */
  @Param("4096")
  public int batch;

  @Override
  protected KernelCase newCase() {
    return new AdamCase(tables, rows, dim, batch);
  }
}

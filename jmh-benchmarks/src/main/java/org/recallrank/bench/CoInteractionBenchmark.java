package org.recallrank.bench;

import org.openjdk.jmh.annotations.Param;
import org.recallrank.bench.cases.CoInteractionCase;
import org.recallrank.bench.cases.CoInteractionCase.Pass;
import org.recallrank.bench.cases.CoInteractionCase.Shape;
import org.recallrank.bench.cases.KernelCase;

/** RAR's co-interaction of look-alike users and recall items. */
public class CoInteractionBenchmark extends KernelBenchmark {
  @Param public Pass pass;

  /** k_l x k_r x d. */
  @Param public Shape shape;

  @Param("4096")
  public int batch;

  /** Distinct users, and as many items, that the batch selects. */
  @Param("4000")
  public int entities;

  @Override
  protected KernelCase newCase() {
    return new CoInteractionCase(pass, shape, batch, entities);
  }
}

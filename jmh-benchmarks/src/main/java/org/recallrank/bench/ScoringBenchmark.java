package org.recallrank.bench;

import java.util.Map;
import org.openjdk.jmh.annotations.Param;
import org.recallrank.bench.cases.KernelCase;
import org.recallrank.bench.cases.ModelData;
import org.recallrank.bench.cases.ScoringCase;
import org.recallrank.training.recall.PoolConfig;

/**
 * The click probabilities of one user with many candidate items; {@code items} are candidates per
 * second. With {@code -t max} all processors score requests at once, each thread in a session of
 * its own; with {@code -p threads=2} two share the rows of one. Any other model: {@code -p
 * model=ipnn,widedeep,deepfm,dcn,xdeepfm,autoint,deepim}.
 */
public class ScoringBenchmark extends KernelBenchmark {
  @Param("dcnv2")
  public String model;

  @Param({"none", "rar"})
  public String enrich;

  @Param({"1", "100", "1000"})
  public int candidates;

  /** Rows of the generated world: it has a user per 12 and an item per 100 of them. */
  @Param("400000")
  public int worldRows;

  @Override
  protected KernelCase newCase() {
    ModelData data = ModelData.generated(worldRows, 1, new PoolConfig(100, 50));
    return new ScoringCase(model, enrich, Map.of("embedding_std", "0.5"), data, candidates);
  }

  @Override
  protected double itemsPerUnit() {
    return 1;
  }
}

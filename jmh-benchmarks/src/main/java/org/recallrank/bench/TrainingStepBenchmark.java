package org.recallrank.bench;

import java.util.Map;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Warmup;
import org.recallrank.bench.cases.KernelCase;
import org.recallrank.bench.cases.ModelData;
import org.recallrank.bench.cases.TrainingStepCase;
import org.recallrank.training.recall.PoolConfig;

/**
 * A whole step of training with the default settings of model, enricher and optimizer; {@code
 * items} are rows per second. The models are {@link org.recallrank.model.base.BaseModels#names}.
 *
 * <p>With {@code -prof gc} the column {@code gc.alloc.rate.norm} is the bytes that one step
 * allocates. The tape keeps its arrays, so this is what small objects and the records of a step
 * come to; it grows with the number of operations, not with the batch. An array that is not kept
 * shows as kilobytes more per row of the batch.
 *
 * <p>What a lazy step costs by the size of the tables: {@code -p optimizer=LAZY_ADAM -p
 * vocabulary=10000,100000,1000000,10000000 -p model=ipnn -p enrich=none -jvmArgsPrepend -Xmx8g}.
 */
@Warmup(iterations = 5, time = 3)
@Measurement(iterations = 5, time = 3)
public class TrainingStepBenchmark extends KernelBenchmark {
  @Param({"ipnn", "widedeep", "deepfm", "dcn", "xdeepfm", "autoint", "deepim", "dcnv2"})
  public String model;

  @Param({"none", "rar"})
  public String enrich;

  @Param("4096")
  public int batch;

  /** ADAM or LAZY_ADAM. */
  @Param("ADAM")
  public String optimizer;

  /** Rows of the generated world: it has a user per 12 and an item per 100 of them. */
  @Param("400000")
  public int worldRows;

  /** Instead of the generated world three fields of this many table rows, or 0. */
  @Param("0")
  public int vocabulary;

  @Override
  protected KernelCase newCase() {
    ModelData data =
        vocabulary > 0
            ? ModelData.uniform(vocabulary, batch)
            : ModelData.generated(worldRows, batch, new PoolConfig(100, 50));
    return new TrainingStepCase(model, enrich, Map.of("optimizer", optimizer), data);
  }

  @Override
  protected double itemsPerUnit() {
    return 1;
  }
}

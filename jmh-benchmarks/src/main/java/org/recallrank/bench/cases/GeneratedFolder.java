package org.recallrank.bench.cases;

import java.nio.file.Path;
import java.util.SplittableRandom;
import org.recallrank.model.recall.RecallData;
import org.recallrank.model.recall.RecallVectors;
import org.recallrank.model.schema.Schema;
import org.recallrank.training.data.DatasetFolder;
import org.recallrank.training.data.DatasetWriter;
import org.recallrank.training.recall.PoolConfig;
import org.recallrank.training.recall.RecallStage;
import org.recallrank.training.source.Split;
import org.recallrank.training.source.world.GeneratedWorld;

/** A {@link GeneratedWorld}'s rows in a temporary folder, which goes when this is closed. */
public final class GeneratedFolder implements AutoCloseable {
  private static final int VECTOR_DIM = 32;

  private final GeneratedWorld world;
  private final ScratchFolder folder;
  private final DatasetFolder data;

  private GeneratedFolder(GeneratedWorld world, ScratchFolder folder) {
    this.world = world;
    this.folder = folder;
    Path written = folder.path().resolve("world");
    DatasetWriter.write(world, 1, written);
    data = DatasetFolder.open(written);
  }

  /**
   * @param rows of the world: it has a user per 12 and an item per 100 of them
   */
  public static GeneratedFolder create(long rows) {
    ScratchFolder folder = ScratchFolder.create();
    try {
      return new GeneratedFolder(
          new GeneratedWorld(GeneratedWorld.Config.ofRows(rows, 42)), folder);
    } catch (RuntimeException e) {
      folder.close();
      throw e;
    }
  }

  public DatasetFolder data() {
    return data;
  }

  /**
   * Pools of the world's own recall stage. The vectors behind the signatures are random: which pool
   * members a row selects does not matter here, only how many.
   */
  public RecallData recall(PoolConfig pools, SplittableRandom random) {
    Schema schema = data.schema();
    RecallVectors vectors =
        new RecallVectors(
            Oracle.normals(random, tableRows(schema, schema.user()) * VECTOR_DIM),
            Oracle.normals(random, tableRows(schema, schema.item()) * VECTOR_DIM),
            VECTOR_DIM);
    return new RecallStage(data.split(Split.TRAIN))
        .supplied(
            world.recallItems(data.encoding(), pools.items()),
            world.lookAlikes(data.encoding(), pools.users()),
            null,
            vectors,
            pools);
  }

  private static int tableRows(Schema schema, int field) {
    return schema.fields().get(field).vocabularySize();
  }

  @Override
  public void close() {
    data.close();
    folder.close();
  }
}

package org.recallrank.bench.cases;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.recallrank.model.data.DatasetFolder;
import org.recallrank.model.data.DatasetWriter;
import org.recallrank.model.data.GeneratedWorld;
import org.recallrank.model.data.Schema;
import org.recallrank.model.data.Split;
import org.recallrank.model.recall.Dssm;
import org.recallrank.model.recall.PoolConfig;
import org.recallrank.model.recall.RecallData;
import org.recallrank.model.recall.RecallStage;

/** A {@link GeneratedWorld}'s rows in a temporary folder, which goes when this is closed. */
public final class GeneratedFolder implements AutoCloseable {
  private static final int VECTOR_DIM = 32;

  private final GeneratedWorld world;
  private final Path folder;
  private final DatasetFolder data;

  private GeneratedFolder(GeneratedWorld world, Path folder) {
    this.world = world;
    this.folder = folder;
    DatasetWriter.write(world, 1, folder.resolve("world"));
    data = DatasetFolder.open(folder.resolve("world"));
  }

  /**
   * @param rows of the world: it has a user per 12 and an item per 100 of them
   */
  public static GeneratedFolder create(long rows) {
    Path folder;
    try {
      folder = Files.createTempDirectory("recallrank-bench");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try {
      return new GeneratedFolder(
          new GeneratedWorld(GeneratedWorld.Config.ofRows(rows, 42)), folder);
    } catch (RuntimeException e) {
      delete(folder);
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
    Dssm.Vectors vectors =
        new Dssm.Vectors(
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
    delete(folder);
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

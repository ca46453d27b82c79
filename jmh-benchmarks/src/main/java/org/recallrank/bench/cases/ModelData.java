package org.recallrank.bench.cases;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.recallrank.model.data.Batch;
import org.recallrank.model.data.BatchBuffer;
import org.recallrank.model.data.Dataset;
import org.recallrank.model.data.DatasetFolder;
import org.recallrank.model.data.DatasetWriter;
import org.recallrank.model.data.Encoding;
import org.recallrank.model.data.Field;
import org.recallrank.model.data.GeneratedWorld;
import org.recallrank.model.data.Rows;
import org.recallrank.model.data.Schema;
import org.recallrank.model.data.Split;
import org.recallrank.model.recall.Dssm;
import org.recallrank.model.recall.PoolConfig;
import org.recallrank.model.recall.RecallData;
import org.recallrank.model.recall.RecallStage;

/**
 * What a model trains on, in memory: reading rows is not measured.
 *
 * @param recall null where there are no pools
 * @param batches of rows drawn at random
 */
public record ModelData(Schema schema, RecallData recall, List<Batch> batches) {
  private static final int BATCHES = 8;
  private static final int VECTOR_DIM = 32;

  /**
   * From a {@link GeneratedWorld} with its own recall stage. The vectors behind the signatures are
   * random: which pool members a row selects does not matter here, only how many.
   *
   * @param rows of the world: it has a user per 12 and an item per 100 of them
   */
  public static ModelData generated(long rows, int batchSize, PoolConfig pools) {
    GeneratedWorld world = new GeneratedWorld(GeneratedWorld.Config.ofRows(rows, 42));
    try {
      Path folder = Files.createTempDirectory("recallrank-bench");
      try {
        DatasetWriter.write(world, 1, folder.resolve("world"));
        try (DatasetFolder data = DatasetFolder.open(folder.resolve("world"))) {
          return of(world, data, batchSize, pools);
        }
      } finally {
        delete(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ModelData of(
      GeneratedWorld world, DatasetFolder data, int batchSize, PoolConfig pools) {
    Dataset training = data.split(Split.TRAIN);
    Encoding encoding = data.encoding();
    Schema schema = data.schema();
    SplittableRandom random = new SplittableRandom(42);
    Dssm.Vectors vectors =
        new Dssm.Vectors(
            Oracle.normals(random, tableRows(schema, schema.user()) * VECTOR_DIM),
            Oracle.normals(random, tableRows(schema, schema.item()) * VECTOR_DIM),
            VECTOR_DIM);
    RecallData recall =
        new RecallStage(training)
            .supplied(
                world.recallItems(encoding, pools.items()),
                world.lookAlikes(encoding, pools.users()),
                vectors,
                pools);
    List<Batch> batches = new ArrayList<>();
    for (int b = 0; b < BATCHES; b++) {
      long[] rows = random.longs(batchSize, 0, training.rows()).toArray();
      batches.add(new BatchBuffer(schema, batchSize).fill(training, rows, 0, batchSize));
    }
    return new ModelData(schema, recall, batches);
  }

  private static int tableRows(Schema schema, int field) {
    return schema.fields().get(field).vocabularySize();
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /**
   * A user, an item and a context field of as many table rows each, drawn evenly: what a step costs
   * by the size of the tables. Without recall data.
   */
  public static ModelData uniform(int vocabulary, int batchSize) {
    Schema schema =
        new Schema(
            List.of(
                Field.categorical("user_id", Field.Role.USER, vocabulary),
                Field.categorical("item_id", Field.Role.ITEM, vocabulary),
                Field.categorical("place", Field.Role.CONTEXT, vocabulary)),
            0,
            1);
    SplittableRandom random = new SplittableRandom(42);
    List<Batch> batches = new ArrayList<>();
    for (int b = 0; b < BATCHES; b++) {
      int[][] ids = new int[schema.fields().size()][];
      for (int f = 0; f < ids.length; f++) {
        ids[f] = random.ints(batchSize, 1, vocabulary).toArray();
      }
      float[] labels = new float[batchSize];
      for (int i = 0; i < batchSize; i++) {
        labels[i] = random.nextInt(2);
      }
      Rows rows = new Rows(schema.fields(), batchSize, ids, new float[ids.length][]);
      batches.add(new Batch(schema, rows, labels, ids[0]));
    }
    return new ModelData(schema, null, batches);
  }
}

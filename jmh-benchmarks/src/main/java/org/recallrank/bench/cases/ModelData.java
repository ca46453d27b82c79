package org.recallrank.bench.cases;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.recallrank.model.recall.RecallData;
import org.recallrank.model.schema.Batch;
import org.recallrank.model.schema.BatchBuffer;
import org.recallrank.model.schema.Field;
import org.recallrank.model.schema.Rows;
import org.recallrank.model.schema.Schema;
import org.recallrank.training.data.Dataset;
import org.recallrank.training.recall.PoolConfig;
import org.recallrank.training.source.Split;

/**
 * What a model trains on, in memory: reading rows is not measured.
 *
 * @param recall null where there are no pools
 * @param batches of rows drawn at random
 */
public record ModelData(Schema schema, RecallData recall, List<Batch> batches) {
  private static final int BATCHES = 8;

  /**
   * From a {@link GeneratedFolder}.
   *
   * @param rows of the world: it has a user per 12 and an item per 100 of them
   */
  public static ModelData generated(long rows, int batchSize, PoolConfig pools) {
    try (GeneratedFolder world = GeneratedFolder.create(rows)) {
      Dataset training = world.data().split(Split.TRAIN);
      Schema schema = world.data().schema();
      SplittableRandom random = new SplittableRandom(42);
      RecallData recall = world.recall(pools, random);
      List<Batch> batches = new ArrayList<>();
      for (int b = 0; b < BATCHES; b++) {
        long[] numbers = random.longs(batchSize, 0, training.rows()).toArray();
        batches.add(training.fill(new BatchBuffer(schema, batchSize), numbers, 0, batchSize));
      }
      return new ModelData(schema, recall, batches);
    }
  }

  /**
   * A user, an item and a context field of so many table rows, drawn evenly. Without recall data.
   */
  public static ModelData uniform(int users, int items, int places, int batchSize) {
    Schema schema =
        new Schema(
            List.of(
                Field.categorical("user_id", Field.Role.USER, users),
                Field.categorical("item_id", Field.Role.ITEM, items),
                Field.categorical("place", Field.Role.CONTEXT, places)),
            0,
            1);
    SplittableRandom random = new SplittableRandom(42);
    List<Batch> batches = new ArrayList<>();
    for (int b = 0; b < BATCHES; b++) {
      int[][] ids = new int[schema.fields().size()][];
      for (int f = 0; f < ids.length; f++) {
        ids[f] = random.ints(batchSize, 1, schema.fields().get(f).vocabularySize()).toArray();
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

  /**
   * The same for fields of as many table rows each: what a step costs by the size of the tables.
   */
  public static ModelData uniform(int vocabulary, int batchSize) {
    return uniform(vocabulary, vocabulary, vocabulary, batchSize);
  }
}

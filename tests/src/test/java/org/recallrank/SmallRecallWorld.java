package org.recallrank;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.recallrank.model.entity.EntityTable;
import org.recallrank.model.recall.Exposures;
import org.recallrank.model.recall.RecallData;
import org.recallrank.model.recall.RecallPools;
import org.recallrank.model.recall.RecallVectors;
import org.recallrank.model.schema.Batch;
import org.recallrank.model.schema.Field;
import org.recallrank.model.schema.Rows;
import org.recallrank.model.schema.Schema;
import org.recallrank.tensor.Rng;

/**
 * Random users, items, pools and batches with every type of field on both sides, made by hand: what
 * RAR needs, without a reader and without a recall stage.
 *
 * @param shownUsers who was shown {@code shownItems}, row by row: what the exposures were made of
 */
record SmallRecallWorld(
    Schema schema, RecallData recall, int[] shownUsers, int[] shownItems, List<Batch> batches) {

  /**
   * How large a world is.
   *
   * @param users and {@code items}: table rows, padding and out-of-vocabulary included
   * @param r recall items and {@code l} look-alikes per pool
   */
  record Size(int users, int items, int r, int l, int batch, int batches) {}

  /** Entity fields are not in one piece, so that their order is put to the test. */
  private static Schema schema(Size size) {
    return new Schema(
        List.of(
            Field.categorical("hour", Field.Role.CONTEXT, 6),
            Field.categorical("item_id", Field.Role.ITEM, size.items),
            Field.categorical("user_id", Field.Role.USER, size.users),
            Field.numeric("price", Field.Role.ITEM),
            Field.sequence("tags", Field.Role.USER, 9, 3, Field.Pooling.MEAN),
            Field.categorical("category", Field.Role.ITEM, 7)),
        2,
        1);
  }

  private static final int FOLDS = 3;

  static SmallRecallWorld create(Size size, long seed) {
    Rng rng = new Rng(seed);
    Schema schema = schema(size);
    EntityTable users = entities(schema, Field.Role.USER, size.users, rng);
    EntityTable items = entities(schema, Field.Role.ITEM, size.items, rng);
    RecallPools pools =
        new RecallPools(
            size.users,
            size.r,
            size.l,
            0,
            FOLDS,
            pools(size.users * (1 + FOLDS), size.r, size.items, false, rng),
            pools(size.users, size.l, size.users, true, rng));
    int rows = size.batch * size.batches;
    int[] rowUsers = ids(rows, size.users, rng);
    int[] rowItems = ids(rows, size.items, rng);
    // Shown is what was clicked or not, and as much again, so that labels 1 are no rarity.
    int[] shownUsers = ids(size.users * 4, size.users, rng);
    int[] shownItems = ids(size.users * 4, size.items, rng);
    int vectorDim = 12;
    RecallData recall =
        new RecallData(
            users,
            items,
            pools,
            Exposures.of(size.users, shownUsers, shownItems),
            new RecallVectors(
                vectors(size.users * vectorDim, rng),
                vectors(size.items * vectorDim, rng),
                vectorDim));
    List<Batch> batches = new ArrayList<>();
    for (int b = 0; b < size.batches; b++) {
      int from = b * size.batch;
      batches.add(
          batch(
              schema,
              users,
              items,
              Arrays.copyOfRange(rowUsers, from, from + size.batch),
              Arrays.copyOfRange(rowItems, from, from + size.batch),
              rng));
    }
    return new SmallRecallWorld(schema, recall, shownUsers, shownItems, batches);
  }

  private static int[] ids(int n, int bound, Rng rng) {
    int[] ids = new int[n];
    for (int i = 0; i < n; i++) {
      ids[i] = 1 + rng.nextInt(bound - 1);
    }
    return ids;
  }

  private static float[] vectors(int n, Rng rng) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) rng.nextGaussian();
    }
    return values;
  }

  private static int[] pools(int users, int width, int bound, boolean ofUsers, Rng rng) {
    int[] all = new int[users * width];
    int[] candidates = new int[bound - 2];
    for (int i = 0; i < candidates.length; i++) {
      candidates[i] = i + 1;
    }
    for (int user = 0; user < users; user++) {
      rng.shuffle(candidates, 0, candidates.length);
      int next = 0;
      for (int i = 0; i < width; i++) {
        next += ofUsers && candidates[next] == user ? 1 : 0;
        all[user * width + i] = candidates[next++];
      }
    }
    return all;
  }

  private static EntityTable entities(Schema schema, Field.Role role, int count, Rng rng) {
    List<Field> fields =
        Arrays.stream(schema.fieldsOf(role)).mapToObj(schema.fields()::get).toList();
    int[][] ids = new int[fields.size()][];
    float[][] numbers = new float[fields.size()][];
    for (int f = 0; f < ids.length; f++) {
      Field field = fields.get(f);
      if (field.type() == Field.Type.NUMERIC) {
        numbers[f] = new float[count];
        for (int e = 1; e < count - 1; e++) {
          numbers[f][e] = (float) (0.5 + rng.nextDouble());
        }
      } else {
        ids[f] = new int[count * field.maxLength()];
        for (int e = 1; e < count; e++) {
          boolean own =
              field == schema.fields().get(schema.user())
                  || field == schema.fields().get(schema.item());
          int tokens = field.maxLength() == 1 ? 1 : rng.nextInt(field.maxLength() + 1);
          for (int t = 0; t < tokens; t++) {
            ids[f][e * field.maxLength() + t] =
                own
                    ? e
                    : e == count - 1
                        ? field.outOfVocabulary()
                        : 1 + rng.nextInt(field.vocabularySize() - 1);
          }
        }
      }
    }
    return new EntityTable(role, new Rows(fields, count, ids, numbers));
  }

  private static Batch batch(
      Schema schema,
      EntityTable users,
      EntityTable items,
      int[] rowUsers,
      int[] rowItems,
      Rng rng) {
    int n = rowUsers.length;
    int[][] ids = new int[schema.fields().size()][];
    float[][] numbers = new float[schema.fields().size()][];
    copy(schema, users, rowUsers, ids, numbers);
    copy(schema, items, rowItems, ids, numbers);
    ids[schema.indexOf("hour")] = ids(n, 6, rng);
    float[] labels = new float[n];
    for (int i = 0; i < n; i++) {
      labels[i] = (rowUsers[i] + rowItems[i]) % 3 == 0 ? 1 : 0;
    }
    return new Batch(schema, new Rows(schema.fields(), n, ids, numbers), labels, rowUsers);
  }

  private static void copy(
      Schema schema, EntityTable table, int[] entities, int[][] ids, float[][] numbers) {
    List<Field> fields = table.rows().fields();
    for (int f = 0; f < fields.size(); f++) {
      int to = schema.indexOf(fields.get(f).name());
      int length = fields.get(f).maxLength();
      if (fields.get(f).type() == Field.Type.NUMERIC) {
        numbers[to] = new float[entities.length];
        for (int i = 0; i < entities.length; i++) {
          numbers[to][i] = table.rows().numbers()[f][entities[i]];
        }
      } else {
        ids[to] = new int[entities.length * length];
        for (int i = 0; i < entities.length; i++) {
          System.arraycopy(
              table.rows().ids()[f], entities[i] * length, ids[to], i * length, length);
        }
      }
    }
  }
}

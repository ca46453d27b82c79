package org.recallrank.model.serve;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.recallrank.model.entity.EntityTable;
import org.recallrank.model.io.DataException;
import org.recallrank.model.io.SafeTensors;
import org.recallrank.model.io.StoredTensor;
import org.recallrank.model.recall.RecallData;
import org.recallrank.model.recall.RecallPools;
import org.recallrank.model.recall.RecallVectors;
import org.recallrank.model.schema.Field;
import org.recallrank.model.schema.Rows;
import org.recallrank.model.schema.Schema;

/**
 * Recall data as tensors: {@code pools.items} [users, r] and {@code pools.users} [users, l] (I32),
 * the entity tables {@code users.FIELD} and {@code items.FIELD} (I32 [entities, maxLength], numbers
 * F32 [entities]), and, where signatures need them, the recall model's vectors {@code
 * vectors.users}, {@code vectors.items}. Who was shown what is needed for training only and is not
 * kept, nor are the recall sets of sessions, which are over.
 */
final class RecallFile {
  private static final String USER_VECTORS = "vectors.users";
  private static final String ITEM_VECTORS = "vectors.items";

  private RecallFile() {}

  static void write(Path file, RecallData data) {
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    RecallPools pools = data.pools();
    tensors.put(
        "pools.items",
        StoredTensor.of(
            Arrays.copyOf(pools.items(), pools.userCount() * pools.itemsPerUser()),
            pools.userCount(),
            pools.itemsPerUser()));
    tensors.put(
        "pools.users", StoredTensor.of(pools.users(), pools.userCount(), pools.usersPerUser()));
    put(tensors, "users.", data.users());
    put(tensors, "items.", data.items());
    if (data.vectors() != null) {
      int dim = data.vectors().dim();
      tensors.put(USER_VECTORS, StoredTensor.of(data.vectors().users(), data.users().size(), dim));
      tensors.put(ITEM_VECTORS, StoredTensor.of(data.vectors().items(), data.items().size(), dim));
    }
    new SafeTensors(tensors, Map.of()).write(file);
  }

  private static void put(Map<String, StoredTensor> tensors, String prefix, EntityTable table) {
    List<Field> fields = table.rows().fields();
    for (int f = 0; f < fields.size(); f++) {
      Field field = fields.get(f);
      tensors.put(
          prefix + field.name(),
          field.type() == Field.Type.NUMERIC
              ? StoredTensor.of(table.rows().numbers()[f], table.size())
              : StoredTensor.of(table.rows().ids()[f], table.size(), field.maxLength()));
    }
  }

  /**
   * Reads recall data of a schema.
   *
   * @throws DataException if the file is damaged or does not fit the schema
   */
  static RecallData read(Path file, Schema schema) {
    SafeTensors stored = SafeTensors.read(file);
    try {
      EntityTable users = table(stored, "users.", schema, Field.Role.USER, schema.user());
      EntityTable items = table(stored, "items.", schema, Field.Role.ITEM, schema.item());
      StoredTensor poolItems = stored.tensor("pools.items");
      StoredTensor poolUsers = stored.tensor("pools.users");
      RecallPools pools =
          new RecallPools(
              users.size(),
              width("pools.items", poolItems),
              width("pools.users", poolUsers),
              checked("pools.items", poolItems.ints(), items.size()),
              checked("pools.users", poolUsers.ints(), users.size()));
      return new RecallData(users, items, pools, null, vectors(stored, users, items));
    } catch (DataException // a tensor is missing
        | IllegalStateException
        | IllegalArgumentException
        | ArithmeticException
        | IndexOutOfBoundsException e) {
      throw new DataException(file + ": does not fit the schema: " + e.getMessage());
    }
  }

  private static RecallVectors vectors(SafeTensors stored, EntityTable users, EntityTable items) {
    Set<String> names = stored.tensors().keySet();
    if (!names.contains(USER_VECTORS) && !names.contains(ITEM_VECTORS)) {
      return null;
    }
    StoredTensor ofUsers = stored.tensor(USER_VECTORS);
    StoredTensor ofItems = stored.tensor(ITEM_VECTORS);
    int dim = width(USER_VECTORS, ofUsers);
    RecallVectors vectors =
        new RecallVectors(
            exactly(USER_VECTORS, ofUsers.floats(), users.size() * dim),
            exactly(ITEM_VECTORS, ofItems.floats(), items.size() * dim),
            dim);
    if (width(ITEM_VECTORS, ofItems) != dim) {
      throw new IllegalArgumentException(
          ITEM_VECTORS + ": expected rows of " + dim + " numbers, found " + ofItems);
    }
    return vectors;
  }

  private static int width(String name, StoredTensor matrix) {
    if (matrix.shape().length != 2) {
      throw new IllegalArgumentException(name + ": expected two dimensions, found " + matrix);
    }
    return Math.toIntExact(matrix.shape()[1]);
  }

  private static EntityTable table(
      SafeTensors stored, String prefix, Schema schema, Field.Role role, int key) {
    int size = schema.fields().get(key).vocabularySize();
    List<Field> fields = new ArrayList<>();
    for (int f : schema.fieldsOf(role)) {
      fields.add(schema.fields().get(f));
    }
    int[][] ids = new int[fields.size()][];
    float[][] numbers = new float[fields.size()][];
    for (int f = 0; f < fields.size(); f++) {
      Field field = fields.get(f);
      String name = prefix + field.name();
      if (field.type() == Field.Type.NUMERIC) {
        numbers[f] = exactly(name, stored.tensor(name).floats(), size);
      } else {
        ids[f] = checked(name, stored.tensor(name).ints(), field.vocabularySize());
        if (ids[f].length != size * field.maxLength()) {
          throw new IllegalArgumentException(
              name + ": expected " + size * field.maxLength() + " ids, found " + ids[f].length);
        }
      }
    }
    return new EntityTable(role, new Rows(fields, size, ids, numbers));
  }

  private static float[] exactly(String name, float[] values, int length) {
    if (values.length != length) {
      throw new IllegalArgumentException(
          name + ": expected " + length + " numbers, found " + values.length);
    }
    return values;
  }

  private static int[] checked(String name, int[] ids, int bound) {
    for (int id : ids) {
      if (id < 0 || id >= bound) {
        throw new IllegalArgumentException(
            name + ": expected ids from 0 to " + (bound - 1) + ", found " + id);
      }
    }
    return ids;
  }
}

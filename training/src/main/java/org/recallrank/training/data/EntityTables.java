package org.recallrank.training.data;

import java.util.Arrays;
import java.util.List;
import org.recallrank.model.entity.Entities;
import org.recallrank.model.entity.EntityTable;
import org.recallrank.model.schema.Field;
import org.recallrank.model.schema.Rows;
import org.recallrank.model.schema.Schema;
import org.recallrank.training.source.Split;

/** Collects the users and the items of the training rows. */
public final class EntityTables {
  private EntityTables() {}

  /** The tables of what the schema identifies. */
  public static Entities of(Dataset training) {
    Schema schema = training.schema();
    return new Entities(
        schema.user() < 0 ? null : users(training), schema.item() < 0 ? null : items(training));
  }

  /** The table of all users, by the schema's user field. */
  public static EntityTable users(Dataset training) {
    return table(training, Field.Role.USER, training.schema().user());
  }

  /** The table of all items, by the schema's item field. */
  public static EntityTable items(Dataset training) {
    return table(training, Field.Role.ITEM, training.schema().item());
  }

  private static EntityTable table(Dataset training, Field.Role role, int keyField) {
    if (training.split() != Split.TRAIN) {
      throw new IllegalArgumentException(
          "entities come from the training rows only, found " + training.split());
    }
    Schema schema = training.schema();
    if (keyField < 0) {
      throw new IllegalArgumentException("the schema names no field that identifies the " + role);
    }
    int size = schema.fields().get(keyField).vocabularySize();
    long[] firstRows = firstRows(training, keyField, size);
    int[] fields = schema.fieldsOf(role);
    int[][] ids = new int[fields.length][];
    float[][] numbers = new float[fields.length][];
    for (int i = 0; i < fields.length; i++) {
      Field field = schema.fields().get(fields[i]);
      if (field.type() == Field.Type.NUMERIC) {
        numbers[i] = new float[size];
      } else {
        ids[i] = unknown(field, size, fields[i] == keyField);
      }
      for (int token = 0; token < firstRows.length; token++) {
        if (firstRows[token] >= 0) {
          training.gather(fields[i], firstRows, token, 1, token + 1, ids[i], numbers[i]);
        }
      }
    }
    List<Field> kept = Arrays.stream(fields).mapToObj(schema.fields()::get).toList();
    return new EntityTable(role, new Rows(kept, size, ids, numbers));
  }

  /** A column of {@code size} entities of which nothing is known, after one of padding. */
  private static int[] unknown(Field field, int size, boolean key) {
    int width = field.maxLength();
    int[] ids = new int[Math.multiplyExact(size, width)];
    for (int row = 1; row < size; row++) {
      ids[row * width] = key ? row : field.outOfVocabulary();
    }
    return ids;
  }

  /**
   * Per token (table rows 1 to size - 2) the first training row that holds it, or -1: a token may
   * be known from a sequence that shares the table alone.
   */
  private static long[] firstRows(Dataset training, int keyField, int size) {
    long[] first = new long[size - 2];
    Arrays.fill(first, -1);
    int missing = first.length;
    for (long row = 0; row < training.rows() && missing > 0; row++) {
      int token = training.id(keyField, row) - 1;
      if (token < first.length && first[token] < 0) {
        first[token] = row;
        missing--;
      }
    }
    return first;
  }
}

package org.recallrank.model.serve;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.recallrank.model.entity.EntityTable;
import org.recallrank.model.io.SafeTensors;
import org.recallrank.model.io.StoredTensor;
import org.recallrank.model.schema.Field;
import org.recallrank.model.schema.Rows;
import org.recallrank.model.schema.Schema;

/** A few users and items with fields of all types, and files that hold something else. */
final class SmallEntities {
  static final Field USER = Field.categorical("user", Field.Role.USER, 4);
  static final Field ITEM = Field.categorical("item", Field.Role.ITEM, 5);
  static final Field TAGS = Field.sequence("tags", Field.Role.USER, 3, 2, Field.Pooling.SUM);
  static final Field PRICE = Field.numeric("price", Field.Role.ITEM);
  static final Field HOUR = Field.categorical("hour", Field.Role.CONTEXT, 9);

  /** Fields of a role are not in one piece. */
  static final Schema SCHEMA = new Schema(List.of(ITEM, USER, HOUR, PRICE, TAGS), 1, 0);

  static final EntityTable USERS =
      new EntityTable(
          Field.Role.USER,
          new Rows(
              List.of(USER, TAGS),
              4,
              new int[][] {{0, 1, 2, 3}, {0, 0, 1, 2, 2, 0, 2, 0}},
              new float[2][]));
  static final EntityTable ITEMS =
      new EntityTable(
          Field.Role.ITEM,
          new Rows(
              List.of(ITEM, PRICE),
              5,
              new int[][] {{0, 1, 2, 3, 4}, null},
              new float[][] {null, {0, 1.5f, -2, 1e-30f, 7}}));

  private SmallEntities() {}

  /** Puts something else in the place of a tensor; null leaves it out. */
  static void tamper(Path file, String name, UnaryOperator<StoredTensor> change) {
    Map<String, StoredTensor> tensors = new LinkedHashMap<>(SafeTensors.read(file).tensors());
    StoredTensor changed = change.apply(tensors.remove(name));
    if (changed != null) {
      tensors.put(name, changed);
    }
    new SafeTensors(tensors, Map.of()).write(file);
  }
}

package org.recallrank.model.serve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.recallrank.model.entity.Entities;
import org.recallrank.model.entity.EntityTable;
import org.recallrank.model.io.DataException;
import org.recallrank.model.io.MappedTensors;
import org.recallrank.model.io.SafeTensors;
import org.recallrank.model.io.StoredTensor;
import org.recallrank.model.io.StoredTensor.DType;
import org.recallrank.model.schema.Field;
import org.recallrank.model.schema.Rows;
import org.recallrank.model.schema.Schema;

/**
 * Entity tables as tensors: {@code users.FIELD} and {@code items.FIELD}, I32 [entities, maxLength],
 * numbers F32 [entities]. The field that identifies an entity is not stored: its value is the
 * entity's row. Where an entity has no other field, and where the schema identifies none, there is
 * nothing to store, and no file if that is true of both.
 */
final class EntityFile {
  static final String NAME = "entities.safetensors";

  private EntityFile() {}

  /** Writes the tables into a folder, or removes what is there if there is nothing to write. */
  static void write(Path folder, Schema schema, Entities entities) {
    Path file = folder.resolve(NAME);
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    put(tensors, schema.user(), schema, entities.users());
    put(tensors, schema.item(), schema, entities.items());
    if (!tensors.isEmpty()) {
      new SafeTensors(tensors, Map.of()).write(file);
      return;
    }
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw DataException.writing(file, e, "it is of another run");
    }
  }

  private static void put(
      Map<String, StoredTensor> tensors, int key, Schema schema, EntityTable table) {
    if (table == null) {
      return;
    }
    List<Field> fields = table.rows().fields();
    for (int f = 0; f < fields.size(); f++) {
      Field field = fields.get(f);
      if (field.equals(schema.fields().get(key))) {
        continue;
      }
      tensors.put(
          name(table.role(), field),
          field.type() == Field.Type.NUMERIC
              ? StoredTensor.of(table.rows().numbers()[f], table.size())
              : StoredTensor.of(table.rows().ids()[f], table.size(), field.maxLength()));
    }
  }

  private static String name(Field.Role role, Field field) {
    return (role == Field.Role.USER ? "users." : "items.") + field.name();
  }

  /**
   * Reads the tables of a schema from a run folder.
   *
   * @return with null for a table that cannot be told: the schema identifies no such entity, or
   *     there is no file and it has other fields
   * @throws DataException if the file is damaged or does not fit the schema
   */
  static Entities read(Path folder, Schema schema) {
    MappedTensors stored = open(folder);
    return new Entities(
        table(stored, schema, Field.Role.USER, schema.user()),
        table(stored, schema, Field.Role.ITEM, schema.item()));
  }

  /** What holds the tables: older runs have them beside the pools. */
  private static MappedTensors open(Path folder) {
    for (String name : List.of(NAME, SavedModel.RECALL)) {
      if (Files.exists(folder.resolve(name))) {
        return MappedTensors.open(folder.resolve(name));
      }
    }
    return null;
  }

  private static EntityTable table(MappedTensors stored, Schema schema, Field.Role role, int key) {
    int[] places = schema.fieldsOf(role);
    List<Field> fields = new ArrayList<>();
    for (int f : places) {
      fields.add(schema.fields().get(f));
    }
    if (key < 0 || (stored == null && fields.size() > 1)) {
      return null;
    }
    Field id = schema.fields().get(key);
    int size = id.vocabularySize();
    int[][] ids = new int[fields.size()][];
    float[][] numbers = new float[fields.size()][];
    for (int f = 0; f < fields.size(); f++) {
      Field field = fields.get(f);
      if (places[f] == key) { // equals of a record is made when it is used first
        ids[f] = IntStream.range(0, size).toArray();
      } else if (field.type() == Field.Type.NUMERIC) {
        numbers[f] = tensor(stored, name(role, field), DType.F32, size).floats();
      } else {
        String name = name(role, field);
        ids[f] = tensor(stored, name, DType.I32, size, field.maxLength()).ints();
        checkIds(stored.file(), name, ids[f], field.vocabularySize());
      }
    }
    return new EntityTable(role, new Rows(fields, size, ids, numbers));
  }

  private static StoredTensor tensor(
      MappedTensors stored, String name, DType dtype, long... shape) {
    String expected = StoredTensor.type(dtype, shape);
    if (!expected.equals(stored.type(name))) {
      throw stored.misfit("schema", name, expected);
    }
    return stored.tensor(name);
  }

  static void checkIds(Path file, String name, int[] ids, int bound) {
    for (int id : ids) {
      if (id < 0 || id >= bound) {
        throw new DataException(
            "%s: does not fit the schema: %s: expected ids from 0 to %d, found %d"
                .formatted(file, name, bound - 1, id));
      }
    }
  }
}

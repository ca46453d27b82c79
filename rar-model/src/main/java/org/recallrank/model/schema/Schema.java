package org.recallrank.model.schema;

import java.util.List;
import java.util.stream.IntStream;

/**
 * The fields of a data set in the order in which models see them, and which of them identify the
 * user and the item.
 *
 * <p>Immutable: threads may share it.
 *
 * @param user index of the categorical field whose value is the user, or -1 if there is none
 * @param item index of the categorical field whose value is the item, or -1 if there is none
 */
public record Schema(List<Field> fields, int user, int item) {

  /**
   * Copies the list.
   *
   * @throws IllegalArgumentException if the user or item field is not there, not categorical, or of
   *     another role
   */
  public Schema {
    fields = List.copyOf(fields);
    checkEntity("user", user, Field.Role.USER, fields);
    checkEntity("item", item, Field.Role.ITEM, fields);
  }

  private static void checkEntity(String what, int index, Field.Role role, List<Field> fields) {
    if (index < -1 || index >= fields.size()) {
      throw new IllegalArgumentException(what + " field " + index + " of " + fields.size());
    }
    if (index >= 0) {
      Field field = fields.get(index);
      if (field.type() != Field.Type.CATEGORICAL || field.role() != role) {
        throw new IllegalArgumentException(
            "the " + what + " field must be CATEGORICAL of role " + role + ", found " + field);
      }
    }
  }

  /** Indices of the fields with this role, ascending. */
  public int[] fieldsOf(Field.Role role) {
    return IntStream.range(0, fields.size()).filter(f -> fields.get(f).role() == role).toArray();
  }

  /**
   * The index of a field.
   *
   * @throws IllegalArgumentException naming the known fields if there is none of this name
   */
  public int indexOf(String name) {
    for (int f = 0; f < fields.size(); f++) {
      if (fields.get(f).name().equals(name)) {
        return f;
      }
    }
    throw new IllegalArgumentException(
        "no field " + name + "; known: " + fields.stream().map(Field::name).toList());
  }
}

package org.recallrank.model.serve;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.recallrank.model.config.Nearest;
import org.recallrank.model.entity.EntityTable;
import org.recallrank.model.schema.Encoding;
import org.recallrank.model.schema.Field;
import org.recallrank.model.schema.FieldEncoder;
import org.recallrank.model.schema.Rows;
import org.recallrank.model.schema.Schema;

/**
 * The fields of a request that are the user's, the item's, or the context's: how they get into the
 * rows of a block, from a table, from text, or from encoded numbers.
 *
 * <p>Immutable: threads may share it.
 */
final class RoleFields {
  private final String what;
  private final int[] places; // in the schema
  private final List<FieldEncoder> encoders = new ArrayList<>();
  private final int key; // which of them identifies, or -1
  private final EntityTable table; // null if there is none
  private final int width;
  private final List<String> names;

  RoleFields(Encoding encoding, Field.Role role, EntityTable table) {
    Schema schema = encoding.schema();
    what = role.name().toLowerCase(Locale.ROOT);
    this.table = table;
    places = schema.fieldsOf(role);
    int identifies =
        switch (role) {
          case USER -> schema.user();
          case ITEM -> schema.item();
          case CONTEXT -> -1;
        };
    int found = -1;
    int sum = 0;
    for (int f = 0; f < places.length; f++) {
      encoders.add(new FieldEncoder(encoding, places[f]));
      sum += encoders.get(f).field().maxLength();
      found = places[f] == identifies ? f : found;
    }
    key = found;
    width = sum;
    names = encoders.stream().map(e -> e.field().name()).toList();
  }

  /** Ints of an encoded row. */
  int width() {
    return width;
  }

  List<String> names() {
    return names;
  }

  /** Rows of the table; 0 if there is none. */
  int size() {
    return table == null ? 0 : table.size();
  }

  /**
   * The table row of an id; that of unknown ones if it is not in the vocabulary.
   *
   * @throws IllegalArgumentException if nothing identifies, or there is no table
   */
  int row(String id) {
    if (key < 0) {
      throw new IllegalArgumentException(
          "the run has no field that identifies the %s; expected Features without an id, found %s"
              .formatted(what, quote(id)));
    }
    if (table == null) {
      throw new IllegalArgumentException(
          ("the run holds no table of %ss (it was imported, or trained before there were any);"
                  + " expected Features with the fields %s, found the id %s alone")
              .formatted(what, names, quote(id)));
    }
    return encoders.get(key).row(id);
  }

  /**
   * Checks a table row.
   *
   * @throws IndexOutOfBoundsException if it is none
   */
  void checkRow(int row) {
    if (row < 0 || row >= size()) {
      throw new IndexOutOfBoundsException(
          "%s row: expected 0 to %d, found %d".formatted(what, size() - 1, row));
    }
  }

  /** Copies an entity into a row of a block. */
  void putEntity(int entity, Rows to, int row) {
    for (int f = 0; f < places.length; f++) {
      table.copy(entity, f, to, places[f], row);
    }
  }

  /** Copies the first row of a block to those behind it, up to row {@code end}, exclusive. */
  void repeatFirst(Rows rows, int end) {
    for (int f = 0; f < places.length; f++) {
      int[] ids = rows.ids()[places[f]];
      if (ids == null) {
        float[] numbers = rows.numbers()[places[f]];
        Arrays.fill(numbers, 1, end, numbers[0]);
      } else {
        int length = encoders.get(f).field().maxLength();
        if (length == 1) {
          Arrays.fill(ids, 1, end, ids[0]);
        } else {
          for (int row = 1; row < end; row++) {
            System.arraycopy(ids, 0, ids, row * length, length);
          }
        }
      }
    }
  }

  /**
   * Puts encoded values into a row of a block.
   *
   * @param encoded of each field in order its table rows, or the bits of its number
   */
  void putEncoded(int[] encoded, Rows to, int row) {
    int at = 0;
    for (int f = 0; f < places.length; f++) {
      Field field = encoders.get(f).field();
      if (field.type() == Field.Type.NUMERIC) {
        to.numbers()[places[f]][row] = Float.intBitsToFloat(encoded[at]);
      } else {
        int length = field.maxLength();
        int[] ids = to.ids()[places[f]];
        for (int i = 0; i < length; i++) {
          int id = encoded[at + i];
          if (id < 0 || id >= field.vocabularySize()) {
            throw new IndexOutOfBoundsException(
                "field %s: expected a table row from 0 to %d, found %d"
                    .formatted(field.name(), field.vocabularySize() - 1, id));
          }
          ids[row * length + i] = id;
        }
      }
      at += field.maxLength();
    }
  }

  /**
   * Encodes values by name.
   *
   * @param values of every field
   * @throws IllegalArgumentException if one is missing, unknown, or no number where it should be
   */
  int[] encode(Map<String, String> values) {
    checkNames(values);
    int[] encoded = new int[width];
    int at = 0;
    for (FieldEncoder encoder : encoders) {
      String name = encoder.field().name();
      if (!values.containsKey(name)) {
        throw new IllegalArgumentException(
            "%s: expected a value of each of the fields %s (\"\" if it is missing), found none of %s"
                .formatted(what, names, name));
      }
      put(encoder, values.get(name), encoded, at);
      at += encoder.field().maxLength();
    }
    return encoded;
  }

  /**
   * Encodes a user or an item.
   *
   * @throws IllegalArgumentException as {@link #encode(Map)}, or if the table that is to give the
   *     rest is not there
   */
  int[] encode(Features features) {
    checkNames(features.values());
    String id = id(features);
    int entity = -1;
    int[] encoded = new int[width];
    int at = 0;
    for (int f = 0; f < places.length; f++) {
      FieldEncoder encoder = encoders.get(f);
      String name = encoder.field().name();
      if (f == key) {
        encoded[at] = encoder.row(id);
      } else if (features.values().containsKey(name)) {
        put(encoder, features.values().get(name), encoded, at);
      } else if (key < 0 || table == null) {
        throw new IllegalArgumentException(
            "%s field %s: expected a value in Features, as the run holds no table of %ss, found none"
                .formatted(what, name, what));
      } else {
        entity = entity < 0 ? encoders.get(key).row(id) : entity;
        copy(entity, f, encoded, at);
      }
      at += encoder.field().maxLength();
    }
    return encoded;
  }

  /** The id of a user or an item, wherever it is given; null if it is not. */
  String id(Features features) {
    if (key < 0 && features.id() != null) {
      row(features.id());
    }
    if (key < 0) {
      return null;
    }
    String name = encoders.get(key).field().name();
    String byName = features.values().get(name);
    if (features.id() != null && byName != null && !features.id().equals(byName)) {
      throw new IllegalArgumentException(
          "%s: expected one id, found %s and, as field %s, %s"
              .formatted(what, quote(features.id()), name, quote(byName)));
    }
    return features.id() != null ? features.id() : byName;
  }

  /** Encodes a row of the table. */
  void encodeRow(int entity, int[] encoded) {
    int at = 0;
    for (int f = 0; f < places.length; f++) {
      copy(entity, f, encoded, at);
      at += encoders.get(f).field().maxLength();
    }
  }

  private void copy(int entity, int f, int[] encoded, int at) {
    Rows rows = table.rows();
    if (rows.ids()[f] == null) {
      encoded[at] = Float.floatToRawIntBits(rows.numbers()[f][entity]);
    } else {
      int length = rows.fields().get(f).maxLength();
      System.arraycopy(rows.ids()[f], entity * length, encoded, at, length);
    }
  }

  private static void put(FieldEncoder encoder, String text, int[] encoded, int at) {
    switch (encoder.field().type()) {
      case CATEGORICAL -> encoded[at] = encoder.row(text);
      case SEQUENCE -> encoder.putSequence(text, encoded, at);
      case NUMERIC -> encoded[at] = Float.floatToRawIntBits(encoder.number(text));
    }
  }

  private void checkNames(Map<String, String> values) {
    for (String name : values.keySet()) {
      if (!names.contains(name)) {
        throw new IllegalArgumentException(
            "%s: there is no %s field %s%s; expected %s"
                .formatted(what, what, name, Nearest.hint(name, names), names));
      }
    }
  }

  private static String quote(String text) {
    return text == null ? "nothing" : "'" + text + "'";
  }
}

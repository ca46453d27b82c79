package org.recallrank.training.source.csv;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.recallrank.model.io.DataException;
import org.recallrank.model.schema.Column;
import org.recallrank.model.schema.Columns;
import org.recallrank.model.schema.Field;

/**
 * What the columns of a CSV file are. Columns that are not named here are categorical context.
 *
 * @param label the column with 0 and 1
 * @param user the column that identifies the user, or null
 * @param item the column that identifies the item, or null
 * @param userFields further columns that describe the user
 * @param itemFields further columns that describe the item
 * @param numeric columns with numbers; they may also be user or item fields
 * @param sequences columns with several tokens; they may also be user or item fields
 * @param ignored columns to leave out
 */
public record CsvLayout(
    String label,
    String user,
    String item,
    List<String> userFields,
    List<String> itemFields,
    List<String> numeric,
    List<Sequence> sequences,
    List<String> ignored) {

  /**
   * A column with tokens separated by {@code ^}.
   *
   * @param maxLength tokens kept, the first ones
   * @param sharesTableOf the categorical column whose vocabulary is shared, or null
   */
  public record Sequence(
      String column, int maxLength, Field.Pooling pooling, String sharesTableOf) {}

  /** A file whose further columns are all context. */
  public static CsvLayout of(String label, String user, String item) {
    return new CsvLayout(label, user, item, List.of(), List.of(), List.of(), List.of(), List.of());
  }

  /** The same with other columns that describe the user. */
  public CsvLayout withUserFields(List<String> names) {
    return new CsvLayout(label, user, item, names, itemFields, numeric, sequences, ignored);
  }

  /** The same with other columns that describe the item. */
  public CsvLayout withItemFields(List<String> names) {
    return new CsvLayout(label, user, item, userFields, names, numeric, sequences, ignored);
  }

  /** The same with other columns that hold numbers. */
  public CsvLayout withNumeric(List<String> names) {
    return new CsvLayout(label, user, item, userFields, itemFields, names, sequences, ignored);
  }

  /** The same with other columns that hold several tokens. */
  public CsvLayout withSequences(List<Sequence> all) {
    return new CsvLayout(label, user, item, userFields, itemFields, numeric, all, ignored);
  }

  /** The same with other columns left out. */
  public CsvLayout withIgnored(List<String> names) {
    return new CsvLayout(label, user, item, userFields, itemFields, numeric, sequences, names);
  }

  /**
   * The inputs in the order of a file's header.
   *
   * @throws DataException if the header lacks a column named here, or one is named for two things
   */
  public Columns columns(Path file) {
    try (CsvFile csv = CsvFile.open(file)) {
      Map<String, Field.Role> roles = roles();
      Map<String, Field.Type> types = types();
      roles.keySet().forEach(csv::indexOf);
      types.keySet().forEach(csv::indexOf);
      csv.indexOf(label);
      ignored.forEach(csv::indexOf);
      List<Column> columns = new ArrayList<>();
      for (String name : csv.header()) {
        if (!name.equals(label) && !ignored.contains(name)) {
          columns.add(column(name, types, roles.getOrDefault(name, Field.Role.CONTEXT)));
        }
      }
      return new Columns(columns, index(columns, user), index(columns, item));
    } catch (IllegalArgumentException e) {
      throw new DataException(file + ": " + e.getMessage(), e);
    }
  }

  /** Whose the columns are that are the user's or the item's. */
  public Map<String, Field.Role> roles() {
    Map<String, Field.Role> roles = new LinkedHashMap<>();
    List<String> users = new ArrayList<>(userFields);
    List<String> items = new ArrayList<>(itemFields);
    if (user != null) {
      users.add(user);
    }
    if (item != null) {
      items.add(item);
    }
    users.forEach(name -> roles.put(name, Field.Role.USER));
    for (String name : items) {
      if (roles.put(name, Field.Role.ITEM) == Field.Role.USER) {
        throw new DataException("column " + name + " cannot be of the user and of the item");
      }
    }
    for (String name : roles.keySet()) {
      if (name.equals(label) || ignored.contains(name)) {
        throw new DataException(
            "column " + name + " cannot be a user or item field and also the label or ignored");
      }
    }
    return roles;
  }

  private Map<String, Field.Type> types() {
    Map<String, Field.Type> types = new LinkedHashMap<>();
    numeric.forEach(name -> types.put(name, Field.Type.NUMERIC));
    for (Sequence sequence : sequences) {
      if (types.put(sequence.column, Field.Type.SEQUENCE) != null) {
        throw new DataException(
            "column " + sequence.column + " cannot be a sequence and something else");
      }
    }
    for (String name : types.keySet()) {
      if (name.equals(user) || name.equals(item)) {
        throw new DataException(
            "column "
                + name
                + " identifies a user or an item, so it is categorical, not "
                + types.get(name));
      }
      if (name.equals(label) || ignored.contains(name)) {
        throw new DataException(
            "column " + name + " cannot be " + types.get(name) + " and also the label or ignored");
      }
    }
    return types;
  }

  private Column column(String name, Map<String, Field.Type> types, Field.Role role) {
    Field.Type type = types.getOrDefault(name, Field.Type.CATEGORICAL);
    if (type != Field.Type.SEQUENCE) {
      return new Column(name, type, role, 1, Field.Pooling.MEAN, null);
    }
    Sequence sequence =
        sequences.stream().filter(s -> s.column.equals(name)).findFirst().orElseThrow();
    return new Column(
        name, type, role, sequence.maxLength, sequence.pooling, sequence.sharesTableOf);
  }

  private static int index(List<Column> columns, String name) {
    for (int c = 0; c < columns.size(); c++) {
      if (columns.get(c).name().equals(name)) {
        return c;
      }
    }
    return -1;
  }
}

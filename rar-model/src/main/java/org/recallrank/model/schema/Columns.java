package org.recallrank.model.schema;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The inputs of a model in order, without the label; a {@link Schema} before the values are known.
 *
 * <p>Immutable: threads may share it.
 *
 * @param user index of the column that identifies the user, or -1
 * @param item index of the column that identifies the item, or -1
 */
public record Columns(List<Column> list, int user, int item) {

  /**
   * Copies the list.
   *
   * @throws IllegalArgumentException if two columns have the same name, or one shares the table of
   *     what is no categorical column
   */
  public Columns {
    list = List.copyOf(list);
    Set<String> names = new HashSet<>();
    for (Column column : list) {
      if (!names.add(column.name())) {
        throw new IllegalArgumentException("there are two columns " + column.name());
      }
    }
    for (Column column : list) {
      if (column.sharesTableOf() != null) {
        checkShared(column, list);
      }
    }
  }

  private static void checkShared(Column column, List<Column> list) {
    boolean known =
        list.stream()
            .anyMatch(
                other ->
                    other.name().equals(column.sharesTableOf())
                        && other.type() == Field.Type.CATEGORICAL);
    if (!known) {
      throw new IllegalArgumentException(
          column.name()
              + " shares the table of "
              + column.sharesTableOf()
              + ", which is no categorical column");
    }
  }

  /** The columns from which a schema was made. */
  public static Columns of(Schema schema) {
    return new Columns(
        schema.fields().stream().map(Column::of).toList(), schema.user(), schema.item());
  }

  /** How many columns. */
  public int size() {
    return list.size();
  }

  /** The column at an index, from 0. */
  public Column get(int index) {
    return list.get(index);
  }

  /** The index of the column whose vocabulary column {@code c} uses: itself unless it shares. */
  public int vocabularyOf(int c) {
    String shared = get(c).sharesTableOf();
    for (int other = 0; shared != null && other < size(); other++) {
      if (get(other).name().equals(shared)) {
        return other;
      }
    }
    return c;
  }
}

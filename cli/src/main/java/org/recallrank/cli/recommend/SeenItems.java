package org.recallrank.cli.recommend;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.eclipse.collections.impl.set.mutable.primitive.IntHashSet;
import org.recallrank.model.io.DataException;
import org.recallrank.model.schema.Schema;
import org.recallrank.training.source.BadRowLog;
import org.recallrank.training.source.BadRows;
import org.recallrank.training.source.csv.CsvFile;

/**
 * Pairs of a user and an item that are not to be recommended. An item's text is kept once, a pair
 * takes some bytes. Threads may share it.
 */
public final class SeenItems {
  private final Map<String, IntHashSet> ofUser = new HashMap<>();
  private final Map<String, Integer> numbers = new HashMap<>();

  private SeenItems() {}

  /** No pairs. */
  public static SeenItems none() {
    return new SeenItems();
  }

  /**
   * Reads a CSV file whose header has the user and the item field of a run.
   *
   * @throws DataException if a column is not there
   */
  public static SeenItems read(Path file, Schema schema) {
    SeenItems seen = new SeenItems();
    try (CsvFile csv = CsvFile.open(file)) {
      int user = csv.indexOf(schema.fields().get(schema.user()).name());
      int item = csv.indexOf(schema.fields().get(schema.item()).name());
      BadRowLog log = new BadRowLog(BadRows.FAIL);
      while (csv.next(log)) {
        int next = seen.numbers.size();
        int number = seen.numbers.computeIfAbsent(csv.get(item), i -> next);
        seen.ofUser.computeIfAbsent(csv.get(user), u -> new IntHashSet()).add(number);
      }
    }
    return seen;
  }

  boolean contains(String user, String item) {
    IntHashSet items = ofUser.get(user);
    Integer number = items == null ? null : numbers.get(item);
    return number != null && items.contains(number);
  }
}

package org.recallrank.training.source.candictr;

import java.util.List;
import org.recallrank.model.io.DataException;

/**
 * One search of CandiCTR-Pub: {@code [user, query, [label, ..], item, .., queue]}, an item being
 * {@code [sku, category, brand, vendor, price]}, all of them numbers, of which 0 is padding.
 *
 * @param labels per item shown 0 or 1
 * @param items what was shown, {@link #ITEM_FIELDS} numbers each
 * @param queue what the recall stage had found, {@link #ITEM_FIELDS} numbers each
 */
record CandiCtrSession(int user, int query, float[] labels, int[] items, int[] queue) {
  static final int ITEM_FIELDS = 5;

  /** As many items as CIM reads of a session. */
  private static final int MAX_SHOWN = 100;

  private static final int MAX_QUEUE = 305;
  private static final int FIRST_ITEM = 3;

  private static final List<String> NAMES = List.of("sku", "category", "brand", "vendor", "price");

  /**
   * Reads an unpickled session.
   *
   * @throws DataException saying which part is wrong, what was expected and what was found
   */
  static CandiCtrSession of(Object value) {
    Object[] parts = elements(value, "the session", "[user, query, labels, items.., queue]");
    if (parts.length < FIRST_ITEM + 1) {
      throw problem("the session", "[user, query, labels, items.., queue]", value);
    }
    Object[] given = elements(parts[2], "labels", "a list of 0 and 1");
    int shown = given.length;
    if (parts.length != FIRST_ITEM + shown + 1) {
      throw new DataException(
          "the session: expected as many items as labels, found "
              + (parts.length - FIRST_ITEM - 1)
              + " items and "
              + shown
              + " labels");
    }
    int kept = Math.min(shown, MAX_SHOWN);
    float[] labels = new float[kept];
    int[] items = new int[kept * ITEM_FIELDS];
    for (int i = 0; i < kept; i++) {
      int label = whole(given[i], "label " + (i + 1), "0 or 1");
      if (label > 1) {
        throw problem("label " + (i + 1), "0 or 1", given[i]);
      }
      labels[i] = label;
      item(parts[FIRST_ITEM + i], "item ", i, items);
    }
    Object[] candidates = elements(parts[parts.length - 1], "queue", "a list of items");
    int[] queue = new int[Math.min(candidates.length, MAX_QUEUE) * ITEM_FIELDS];
    for (int i = 0; i < queue.length / ITEM_FIELDS; i++) {
      item(candidates[i], "queue item ", i, queue);
    }
    return new CandiCtrSession(
        whole(parts[0], "user", "a whole number from 0 on"),
        whole(parts[1], "query", "a whole number from 0 on"),
        labels,
        items,
        queue);
  }

  private static void item(Object value, String what, int index, int[] out) {
    String expected = "[sku, category, brand, vendor, price]";
    Object[] ids = elements(value, what + (index + 1), expected);
    if (ids.length != ITEM_FIELDS) {
      throw problem(what + (index + 1), expected, value);
    }
    for (int f = 0; f < ITEM_FIELDS; f++) {
      // The name is put together only where it is needed: there are hundreds of items per session.
      int id = whole(ids[f]);
      if (id < 0) {
        throw problem(what + (index + 1) + ", " + NAMES.get(f), "a whole number from 0 on", ids[f]);
      }
      out[index * ITEM_FIELDS + f] = id;
    }
  }

  private static Object[] elements(Object value, String what, String expected) {
    if (value instanceof List<?> list) {
      return list.toArray();
    }
    if (value instanceof Object[] tuple) {
      return tuple;
    }
    throw problem(what, expected, value);
  }

  private static int whole(Object value, String what, String expected) {
    int number = whole(value);
    if (number < 0) {
      throw problem(what, expected, value);
    }
    return number;
  }

  /** A number from 0 on, however Python had written it; -1 for anything else. */
  private static int whole(Object value) {
    double number = Double.NaN;
    if (value instanceof Number n) {
      number = n.doubleValue();
    } else if (value instanceof Boolean flag) {
      number = flag ? 1 : 0;
    }
    return number >= 0 && number <= Integer.MAX_VALUE && number == Math.rint(number)
        ? (int) number
        : -1;
  }

  private static DataException problem(String what, String expected, Object found) {
    return new DataException(
        what + ": expected " + expected + ", found " + PickledList.describe(found));
  }
}

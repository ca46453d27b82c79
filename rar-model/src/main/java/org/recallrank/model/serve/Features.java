package org.recallrank.model.serve;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A user or an item by its id, by the values of its fields, or both: given values count, and what
 * is not given comes from the run's table of users or items.
 *
 * <p>Values are text as in a data file: a token, tokens joined by {@code ^}, a number. An empty one
 * is missing.
 *
 * <p>Immutable: threads may share it.
 *
 * @param id value of the field that identifies the user or item; null if it has none
 * @param values by the names of fields
 */
public record Features(String id, Map<String, String> values) {

  /** Keeps a copy of the values. */
  public Features {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /** All as the run's table has it. */
  public static Features of(String id) {
    return new Features(id, Map.of());
  }

  /** Without an id: all by name. */
  public static Features of(Map<String, String> values) {
    return new Features(null, values);
  }

  /** The same with one more value. */
  public Features with(String field, String value) {
    Map<String, String> more = new LinkedHashMap<>(values);
    more.put(field, value);
    return new Features(id, more);
  }
}

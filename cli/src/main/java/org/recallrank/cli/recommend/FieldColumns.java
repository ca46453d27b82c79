package org.recallrank.cli.recommend;

import java.util.LinkedHashMap;
import java.util.Map;
import org.recallrank.model.schema.Field;
import org.recallrank.model.schema.Schema;
import org.recallrank.training.source.csv.CsvFile;

/** The columns of a file that are named as fields of a role, but for the one that identifies. */
final class FieldColumns {
  private final CsvFile csv;
  private final Map<String, Integer> columns = new LinkedHashMap<>();

  FieldColumns(CsvFile csv, Schema schema, Field.Role role) {
    this.csv = csv;
    for (int f : schema.fieldsOf(role)) {
      String name = schema.fields().get(f).name();
      if (f != schema.user() && f != schema.item() && csv.header().contains(name)) {
        columns.put(name, csv.indexOf(name));
      }
    }
  }

  boolean contains(String name) {
    return columns.containsKey(name);
  }

  /** What the file's current row says, by field. */
  Map<String, String> values() {
    Map<String, String> values = new LinkedHashMap<>();
    columns.forEach((name, column) -> values.put(name, csv.get(column)));
    return values;
  }
}

package org.recallrank.training.source;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.recallrank.model.schema.Columns;
import org.recallrank.model.schema.Field;
import org.recallrank.model.schema.RawRow;

/** Rows held in memory. */
public final class TestSource implements DataSource {
  private final Columns columns;
  private final List<Split> splitOf = new ArrayList<>();
  private final List<RawRow> rows = new ArrayList<>();

  public TestSource(Columns columns) {
    this.columns = columns;
  }

  /** Adds a row; values are strings, or numbers for numeric columns. */
  public TestSource add(Split split, int label, Object... values) {
    RawRow row = new RawRow(columns.size());
    row.label = label;
    for (int c = 0; c < values.length; c++) {
      if (values[c] instanceof Number number) {
        row.numbers[c] = number.floatValue();
      } else {
        row.tokens[c] = (String) values[c];
      }
    }
    splitOf.add(split);
    rows.add(row);
    return this;
  }

  @Override
  public Columns columns() {
    return columns;
  }

  @Override
  public Set<Split> splits() {
    return EnumSet.copyOf(splitOf);
  }

  @Override
  public List<SkippedRows> read(Set<Split> wanted, RowSink sink) {
    RawRow reused = new RawRow(columns.size());
    for (int r = 0; r < rows.size(); r++) {
      if (wanted.contains(splitOf.get(r))) {
        RawRow row = rows.get(r);
        System.arraycopy(row.tokens, 0, reused.tokens, 0, columns.size());
        System.arraycopy(row.numbers, 0, reused.numbers, 0, columns.size());
        reused.label = row.label;
        sink.accept(splitOf.get(r), reused);
      }
    }
    return List.of();
  }

  @Override
  public String fingerprint() {
    return "test " + rows.size();
  }

  /** All rows of a source as text, one line each: split, values, label. */
  public static List<String> lines(DataSource source, Set<Split> wanted) {
    List<String> lines = new ArrayList<>();
    source.read(
        wanted,
        (split, row) -> {
          List<String> values = new ArrayList<>();
          for (int c = 0; c < source.columns().size(); c++) {
            boolean number = source.columns().get(c).type() == Field.Type.NUMERIC;
            values.add(number ? String.valueOf(row.numbers[c]) : row.tokens[c]);
          }
          lines.add(split.label() + " " + String.join("|", values) + " " + row.label);
        });
    return lines;
  }
}

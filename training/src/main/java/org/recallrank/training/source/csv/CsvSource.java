package org.recallrank.training.source.csv;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.recallrank.model.files.TextFile;
import org.recallrank.model.io.DataException;
import org.recallrank.model.schema.Columns;
import org.recallrank.model.schema.Field;
import org.recallrank.model.schema.Numbers;
import org.recallrank.model.schema.RawRow;
import org.recallrank.training.source.BadRowLog;
import org.recallrank.training.source.BadRows;
import org.recallrank.training.source.DataSource;
import org.recallrank.training.source.Malformed;
import org.recallrank.training.source.SkippedRows;
import org.recallrank.training.source.Split;
import org.recallrank.training.source.SplitDraw;
import org.recallrank.training.source.SplitRatios;

/**
 * Rows from CSV files with a header: one file per split, or one file that is divided at random.
 *
 * <p>Columns are found by name, so files may order them differently and may have more of them. An
 * empty token is a missing one; an empty number is 0, as in FuxiCTR.
 */
public final class CsvSource implements DataSource {
  private final Columns columns;
  private final String label;
  private final BadRows badRows;
  private final Map<Split, Path> files;
  private final SplitRatios ratios;
  private final long seed;
  private long rowsToDivide = -1;

  private CsvSource(
      Columns columns,
      String label,
      BadRows badRows,
      Map<Split, Path> files,
      SplitRatios ratios,
      long seed) {
    this.columns = columns;
    this.label = label;
    this.badRows = badRows;
    this.files = new EnumMap<>(files);
    this.ratios = ratios;
    this.seed = seed;
    for (Path file : files.values()) {
      try (CsvFile csv = CsvFile.open(file)) {
        new Positions(csv, columns, label);
      }
    }
  }

  /**
   * One file per split; the columns are those of the first file. The headers are checked at once.
   *
   * @throws DataException as {@link CsvLayout#columns}
   */
  public static CsvSource ofFiles(Map<Split, Path> files, CsvLayout layout, BadRows badRows) {
    if (files.isEmpty()) {
      throw new DataException("no CSV file is given");
    }
    Path first = new EnumMap<>(files).values().iterator().next();
    return new CsvSource(layout.columns(first), layout.label(), badRows, files, null, 0);
  }

  /**
   * One file whose rows are dealt out to the splits at random: exact counts, the same for a seed.
   */
  public static CsvSource ofOneFile(
      Path file, SplitRatios ratios, long seed, CsvLayout layout, BadRows badRows) {
    return new CsvSource(
        layout.columns(file), layout.label(), badRows, Map.of(Split.TRAIN, file), ratios, seed);
  }

  /**
   * A file to score with a trained model, as {@link Split#TEST}.
   *
   * @param columns those of the model
   * @param label the label's column, or null if labels are not needed (they are NaN then)
   */
  public static CsvSource toScore(Path file, Columns columns, String label, BadRows badRows) {
    return new CsvSource(columns, label, badRows, Map.of(Split.TEST, file), null, 0);
  }

  @Override
  public Columns columns() {
    return columns;
  }

  @Override
  public Set<Split> splits() {
    return ratios == null ? EnumSet.copyOf(files.keySet()) : ratios.splits();
  }

  @Override
  public List<SkippedRows> read(Set<Split> wanted, RowSink sink) {
    BadRowLog log = new BadRowLog(badRows);
    if (ratios == null) {
      for (Map.Entry<Split, Path> file : files.entrySet()) {
        if (wanted.contains(file.getKey())) {
          read(file.getValue(), row -> sink.accept(file.getKey(), row), log);
        }
      }
    } else {
      readDivided(wanted, sink, log);
    }
    return log.report();
  }

  private void readDivided(Set<Split> wanted, RowSink sink, BadRowLog log) {
    Path file = files.get(Split.TRAIN);
    if (rowsToDivide < 0) {
      long[] rows = new long[1];
      read(file, row -> rows[0]++, new BadRowLog(badRows));
      rowsToDivide = rows[0];
    }
    SplitDraw draw = new SplitDraw(ratios.counts(rowsToDivide), seed);
    read(
        file,
        row -> {
          if (!draw.hasNext()) {
            throw new DataException(file + ": grew while it was being read");
          }
          Split split = draw.next();
          if (wanted.contains(split)) {
            sink.accept(split, row);
          }
        },
        log);
  }

  private void read(Path file, Consumer<RawRow> sink, BadRowLog log) {
    try (CsvFile csv = CsvFile.open(file)) {
      Positions positions = new Positions(csv, columns, label);
      RawRow row = new RawRow(columns.size());
      while (csv.next(log)) {
        try {
          positions.fill(row);
        } catch (DataException e) {
          log.add(file, e);
          continue;
        }
        sink.accept(row);
      }
    }
  }

  /** Where the columns stand in one file. */
  private static final class Positions {
    private final CsvFile csv;
    private final Columns columns;
    private final int[] positions;
    private final int label;

    Positions(CsvFile csv, Columns columns, String label) {
      this.csv = csv;
      this.columns = columns;
      this.label = label == null ? -1 : csv.indexOf(label);
      positions = new int[columns.size()];
      for (int c = 0; c < positions.length; c++) {
        positions[c] = csv.indexOf(columns.get(c).name());
      }
    }

    void fill(RawRow row) {
      for (int c = 0; c < positions.length; c++) {
        String value = csv.get(positions[c]);
        if (columns.get(c).type() == Field.Type.NUMERIC) {
          row.numbers[c] = number(c, value);
        } else {
          row.tokens[c] = value;
        }
      }
      row.label = label < 0 ? Float.NaN : label(csv.get(label));
    }

    private float number(int column, String value) {
      if (value.isEmpty()) {
        return 0;
      }
      float number = Numbers.parse(value);
      if (Float.isNaN(number)) {
        throw Malformed.value(
            csv.file(), csv.line(), columns.get(column).name(), "a finite number", value);
      }
      return number;
    }

    private float label(String value) {
      if (value.equals("0")) {
        return 0;
      }
      if (value.equals("1")) {
        return 1;
      }
      float number = Numbers.parse(value);
      if (number == 0 || number == 1) {
        return number + 0f; // no negative zero
      }
      throw Malformed.value(csv.file(), csv.line(), csv.header().get(label), "0 or 1", value);
    }
  }

  @Override
  public String fingerprint() {
    StringBuilder text = new StringBuilder("csv\n");
    text.append(columns).append('\n').append(label).append('\n').append(badRows).append('\n');
    text.append(ratios).append(' ').append(seed).append('\n');
    files.forEach(
        (split, file) ->
            text.append(split).append(' ').append(TextFile.fingerprint(file)).append('\n'));
    return text.toString();
  }
}

package org.recallrank.training.source.movielens;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.recallrank.model.files.TextFile;
import org.recallrank.model.io.DataException;
import org.recallrank.model.schema.Column;
import org.recallrank.model.schema.Columns;
import org.recallrank.model.schema.Field;
import org.recallrank.model.schema.RawRow;
import org.recallrank.tensor.CounterRandom;
import org.recallrank.training.source.BadRowLog;
import org.recallrank.training.source.BadRows;
import org.recallrank.training.source.DataSource;
import org.recallrank.training.source.DelimitedFile;
import org.recallrank.training.source.Records;
import org.recallrank.training.source.SkippedRows;
import org.recallrank.training.source.Split;
import org.recallrank.training.source.SplitRatios;
import org.recallrank.training.source.csv.CsvFile;

/**
 * Tags that users put on movies, made into a data set as MovielensLatest_x1 was: each distinct
 * (user, movie, tag) is a click, and for each click there are some random tags that this user did
 * not put on this movie. Tags are lower-cased and stripped; empty ones are left out.
 *
 * <p>The folder holds {@code tags.dat} (user::movie::tag::time, MovieLens 10M) or {@code tags.csv}
 * (a header, then user, movie, tag, time; later releases).
 */
public final class MovieLensTagsSource implements DataSource {
  private static final Columns COLUMNS =
      new Columns(
          List.of(
              Column.categorical("user_id", Field.Role.USER),
              Column.categorical("item_id", Field.Role.ITEM),
              Column.categorical("tag_id", Field.Role.CONTEXT)),
          0,
          1);

  private static final List<String> FILE_COLUMNS = List.of("user", "movie", "tag", "time");
  private static final int TAG = 2;

  private final Path file;
  private final Options options;
  private TagTriples triples;
  private int[] order;
  private List<SkippedRows> skipped;
  private long emptyTags;

  /**
   * How the data set is made.
   *
   * @param negatives random tags per click
   */
  public record Options(int negatives, SplitRatios ratios, long seed, BadRows badRows) {
    /**
     * Checks the number of negatives.
     *
     * @throws DataException if it is negative
     */
    public Options {
      if (negatives < 0) {
        throw new DataException("negatives per click must not be negative: " + negatives);
      }
    }

    /** Two random tags per click, split 7:2:1. */
    public static Options defaults(long seed) {
      return new Options(2, new SplitRatios(7, 2, 1), seed, BadRows.FAIL);
    }
  }

  /**
   * Looks for the file; it is read when rows are first asked for.
   *
   * @throws DataException if the folder has neither file
   */
  public MovieLensTagsSource(Path folder, Options options) {
    this.options = options;
    file = MovieLensFiles.firstOf(folder, "tags.dat", "tags.csv");
  }

  @Override
  public Columns columns() {
    return COLUMNS;
  }

  @Override
  public Set<Split> splits() {
    return options.ratios.splits();
  }

  @Override
  public List<SkippedRows> read(Set<Split> wanted, RowSink sink) {
    if (triples == null) {
      prepare();
    }
    RawRow row = new RawRow(COLUMNS.size());
    long[] counts = options.ratios.counts(order.length);
    int next = 0;
    for (Split split : Split.values()) {
      int end = next + (int) counts[split.ordinal()];
      for (; next < end; next++) {
        if (wanted.contains(split)) {
          triples.fill(order[next], row);
          sink.accept(split, row);
        }
      }
    }
    return skipped;
  }

  private void prepare() {
    TagTriples loading = new TagTriples();
    BadRowLog log = new BadRowLog(options.badRows);
    emptyTags = 0;
    try (Records records = open()) {
      while (records.next(log)) {
        try {
          observe(loading, records);
        } catch (DataException e) {
          log.add(file, e);
        }
      }
    }
    if (loading.observed() == 0) {
      throw new DataException(file + ": expected tags, found none");
    }
    loading.addRandom(options.negatives, new CounterRandom(CounterRandom.split(options.seed, 0)));
    order = new int[loading.size()];
    CounterRandom random = new CounterRandom(CounterRandom.split(options.seed, 1));
    for (int t = 0; t < order.length; t++) {
      int other = (int) random.below(t + 1);
      order[t] = order[other];
      order[other] = t;
    }
    skipped = log.report();
    triples = loading;
  }

  private Records open() {
    return file.getFileName().toString().endsWith(".csv")
        ? CsvFile.open(file, FILE_COLUMNS)
        : new DelimitedFile(file, StandardCharsets.UTF_8, "::", FILE_COLUMNS, TAG);
  }

  private void observe(TagTriples loading, Records records) {
    String user = MovieLensFiles.digits(records, 0, FILE_COLUMNS);
    String movie = MovieLensFiles.digits(records, 1, FILE_COLUMNS);
    MovieLensFiles.digits(records, 3, FILE_COLUMNS);
    String tag = strip(records.get(TAG)).toLowerCase(Locale.ROOT);
    if (tag.isEmpty()) {
      emptyTags++;
    } else {
      loading.observe(user, movie, tag);
    }
  }

  /** As {@link String#strip}, and non-breaking spaces too: some tags consist of nothing else. */
  private static String strip(String text) {
    int begin = 0;
    int end = text.length();
    while (begin < end && isSpace(text.charAt(begin))) {
      begin++;
    }
    while (begin < end && isSpace(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(begin, end);
  }

  private static boolean isSpace(char c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c);
  }

  /** How many lines had an empty tag and were left out; known after the first {@link #read}. */
  public long emptyTags() {
    return emptyTags;
  }

  @Override
  public String fingerprint() {
    return "movielens tags, version 1\n" + options + "\n" + TextFile.fingerprint(file);
  }
}

package org.recallrank.training.source.kkbox;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.recallrank.model.files.TextFile;
import org.recallrank.model.io.DataException;
import org.recallrank.model.schema.Column;
import org.recallrank.model.schema.Columns;
import org.recallrank.model.schema.Field;
import org.recallrank.model.schema.RawRow;
import org.recallrank.training.source.BadRowLog;
import org.recallrank.training.source.BadRows;
import org.recallrank.training.source.DataSource;
import org.recallrank.training.source.SkippedRows;
import org.recallrank.training.source.Split;
import org.recallrank.training.source.SplitDraw;
import org.recallrank.training.source.SplitRatios;

/**
 * KKBox' music recommendation challenge (WSDM 2018) with the fields of BARS' KKBox_x1: does a user
 * listen to a song again within a month? The folder holds {@code train.csv}, {@code members.csv},
 * {@code songs.csv} and {@code song_extra_info.csv}; the challenge's own test rows have no labels
 * and are not used, so the rows of {@code train.csv} are split.
 *
 * <p>User fields are msno and what {@code members.csv} says, item fields song_id and what the
 * songs' files say; a user or a song that is not described has none of it. Of genres and artists
 * the first three are kept, their vectors are summed. Of the ISRC the country is taken, ages come
 * in buckets of ten years. BARS knows values from 10 occurrences on ({@link #MIN_COUNT}).
 */
public final class KkBoxSource implements DataSource {
  /** From how many occurrences on KKBox_x1 knows a value. */
  public static final int MIN_COUNT = 10;

  private static final int ITEM = 1;
  private static final int SEQUENCE_LENGTH = 3;

  private static final Columns COLUMNS =
      new Columns(
          List.of(
              Column.categorical("msno", Field.Role.USER),
              Column.categorical("song_id", Field.Role.ITEM),
              Column.categorical("source_system_tab", Field.Role.CONTEXT),
              Column.categorical("source_screen_name", Field.Role.CONTEXT),
              Column.categorical("source_type", Field.Role.CONTEXT),
              Column.categorical("city", Field.Role.USER),
              Column.categorical("gender", Field.Role.USER),
              Column.categorical("registered_via", Field.Role.USER),
              Column.categorical("language", Field.Role.ITEM),
              Column.sequence("genre_ids", Field.Role.ITEM, SEQUENCE_LENGTH, Field.Pooling.SUM),
              Column.sequence("artist_name", Field.Role.ITEM, SEQUENCE_LENGTH, Field.Pooling.SUM),
              Column.categorical("isrc", Field.Role.ITEM),
              Column.categorical("bd", Field.Role.USER)),
          0,
          ITEM);

  private static final int[] SOURCES = {2, 3, 4};
  private static final int[] OF_MEMBER = {5, 6, 7, 12};
  private static final int[] OF_SONG = {8, 9, 10, 11};

  private final KkBoxFolder folder;
  private final Options options;

  /** How the data set is made. */
  public record Options(SplitRatios ratios, long seed, BadRows badRows) {
    /** Split 8:1:1. */
    public static Options defaults(long seed) {
      return new Options(new SplitRatios(8, 1, 1), seed, BadRows.FAIL);
    }
  }

  /**
   * Looks for the files; they are read when rows are asked for.
   *
   * @throws DataException if a file is missing
   */
  public KkBoxSource(Path folder, Options options) {
    this.folder = new KkBoxFolder(folder);
    this.options = options;
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
    Set<String> occurring = new HashSet<>();
    long[] events = new long[1];
    folder.events(
        new BadRowLog(options.badRows),
        (member, song, sources, label) -> {
          occurring.add(song);
          events[0]++;
        });
    BadRowLog log = new BadRowLog(options.badRows);
    Map<String, String[]> members = folder.members(log);
    Map<String, String[]> songs = folder.songs(occurring, log);
    SplitDraw draw = new SplitDraw(options.ratios.counts(events[0]), options.seed);
    RawRow row = new RawRow(COLUMNS.size());
    folder.events(
        log,
        (member, song, sources, label) -> {
          if (!draw.hasNext()) {
            throw new DataException(folder.trainFile() + ": grew while it was being read");
          }
          Split split = draw.next();
          if (wanted.contains(split)) {
            row.tokens[0] = member;
            row.tokens[ITEM] = song;
            fill(row, SOURCES, sources);
            fill(row, OF_MEMBER, members.get(member));
            fill(row, OF_SONG, songs.get(song));
            row.label = label;
            sink.accept(split, row);
          }
        });
    return log.report();
  }

  private static void fill(RawRow row, int[] columns, String[] values) {
    for (int c = 0; c < columns.length; c++) {
      row.tokens[columns[c]] = values == null ? null : values[c];
    }
  }

  @Override
  public String fingerprint() {
    StringBuilder text = new StringBuilder("kkbox, version 1\n");
    text.append(options).append('\n');
    for (Path file : folder.files()) {
      text.append(TextFile.fingerprint(file)).append('\n');
    }
    return text.toString();
  }
}

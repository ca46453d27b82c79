package org.recallrank.training.source.kkbox;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.recallrank.model.io.DataException;
import org.recallrank.model.schema.Numbers;
import org.recallrank.model.schema.RawRow;
import org.recallrank.training.source.BadRowLog;
import org.recallrank.training.source.Malformed;
import org.recallrank.training.source.Records;

/** The four files of the WSDM 2018 challenge, their values prepared as for BARS' KKBox_x1. */
final class KkBoxFolder {
  private static final List<String> TRAIN =
      List.of(
          "msno", "song_id", "source_system_tab", "source_screen_name", "source_type", "target");
  private static final List<String> MEMBER =
      List.of("msno", "city", "gender", "registered_via", "bd");
  private static final List<String> SONG =
      List.of("song_id", "language", "genre_ids", "artist_name");
  private static final List<String> EXTRA = List.of("song_id", "isrc");

  /** What separates the artists of a song. */
  private static final Pattern ARTISTS = Pattern.compile("[|\\\\/&;]");

  private static final int COUNTRY = 2;
  private static final int OLDEST = 95;

  private final Path train;
  private final Path members;
  private final Path songs;
  private final Path extra;

  /**
   * @throws DataException naming the file that is missing
   */
  KkBoxFolder(Path folder) {
    train = existing(folder, "train.csv");
    members = existing(folder, "members.csv");
    songs = existing(folder, "songs.csv");
    extra = existing(folder, "song_extra_info.csv");
  }

  private static Path existing(Path folder, String name) {
    Path file = folder.resolve(name);
    if (!Files.exists(file)) {
      throw new DataException(
          folder
              + ": expected a folder with train.csv, members.csv, songs.csv and"
              + " song_extra_info.csv, found no "
              + name);
    }
    return file;
  }

  List<Path> files() {
    return List.of(train, members, songs, extra);
  }

  Path trainFile() {
    return train;
  }

  /** Takes one row of {@code train.csv}. */
  @FunctionalInterface
  interface EventSink {
    /**
     * @param sources tab, screen and type; null where missing
     */
    void accept(String member, String song, String[] sources, float label);
  }

  /** Hands out the rows of {@code train.csv} in their order. */
  void events(BadRowLog log, EventSink sink) {
    String[] sources = new String[3];
    try (Records records = new KkBoxFile(train, TRAIN, id -> true)) {
      while (records.next(log)) {
        String member;
        String song;
        float label;
        try {
          member = id(records, TRAIN);
          song = records.get(1);
          if (song.isEmpty()) {
            throw Malformed.value(train, records.line(), TRAIN.get(1), "an id", song);
          }
          label = label(records);
          for (int s = 0; s < sources.length; s++) {
            sources[s] = orMissing(records.get(2 + s));
          }
        } catch (DataException e) {
          log.add(train, e);
          continue;
        }
        sink.accept(member, song, sources, label);
      }
    }
  }

  private static String id(Records records, List<String> columns) {
    if (records.get(0).isEmpty()) {
      throw Malformed.value(records.file(), records.line(), columns.get(0), "an id", "");
    }
    return records.get(0);
  }

  private static float label(Records records) {
    return switch (records.get(5)) {
      case "0" -> 0;
      case "1" -> 1;
      default ->
          throw Malformed.value(
              records.file(), records.line(), TRAIN.get(5), "0 or 1", records.get(5));
    };
  }

  /** Some rows have the word null for nothing. */
  private static String orMissing(String value) {
    return value.isEmpty() || value.equals("null") ? null : value;
  }

  /** Per member city, gender, registered_via and age bucket; of two lines the first counts. */
  Map<String, String[]> members(BadRowLog log) {
    Map<String, String[]> values = new HashMap<>();
    read(
        members,
        MEMBER,
        id -> true,
        log,
        records ->
            values.putIfAbsent(
                id(records, MEMBER),
                new String[] {
                  orMissing(records.get(1)),
                  orMissing(records.get(2)),
                  orMissing(records.get(3)),
                  ageBucket(records)
                }));
    return values;
  }

  /**
   * 1 for ages to 10, 2 to 20, and so on, 7 for those beyond 60; null for those outside 1 to 95,
   * which nobody has given in earnest (most have 0).
   */
  private static String ageBucket(Records records) {
    String text = records.get(4);
    if (text.isEmpty()) {
      return null;
    }
    float age = number(records, MEMBER, 4);
    return age < 1 || age > OLDEST
        ? null
        : String.valueOf((int) Math.min(7, Math.max(1, Math.ceil(age / 10))));
  }

  private static float number(Records records, List<String> columns, int column) {
    float number = Numbers.parse(records.get(column));
    if (Float.isNaN(number)) {
      throw Malformed.value(
          records.file(), records.line(), columns.get(column), "a number", records.get(column));
    }
    return number;
  }

  /**
   * Per song language, genres, artists and the country of its ISRC.
   *
   * @param wanted songs to keep; there are many that nobody listens to, and a malformed line of
   *     theirs does no harm
   */
  Map<String, String[]> songs(Set<String> wanted, BadRowLog log) {
    Map<String, String[]> values = new HashMap<>();
    read(
        songs,
        SONG,
        wanted::contains,
        log,
        records ->
            values.putIfAbsent(
                records.get(0),
                new String[] {
                  language(records), genres(records.get(2)), artists(records.get(3)), null
                }));
    read(
        extra,
        EXTRA,
        wanted::contains,
        log,
        records -> {
          String isrc = records.get(1);
          if (isrc.length() >= COUNTRY) {
            values.computeIfAbsent(records.get(0), song -> new String[4])[3] =
                isrc.substring(0, COUNTRY);
          }
        });
    return values;
  }

  /** Languages are numbers such as 3.0 and -1.0. */
  private static String language(Records records) {
    return records.get(1).isEmpty() ? null : String.valueOf(Math.round(number(records, SONG, 1)));
  }

  private static String genres(String barred) {
    return barred.replace(RawRow.SEPARATOR, ' ').replace('|', RawRow.SEPARATOR);
  }

  private static String artists(String text) {
    StringJoiner artists = new StringJoiner(String.valueOf(RawRow.SEPARATOR));
    String plain = text.replace("\"", "").replace(RawRow.SEPARATOR, ' ');
    Arrays.stream(ARTISTS.split(plain))
        .map(String::strip)
        .filter(name -> !name.isEmpty())
        .forEach(artists::add);
    return artists.toString();
  }

  private static void read(
      Path file,
      List<String> columns,
      Predicate<String> wanted,
      BadRowLog log,
      Consumer<Records> sink) {
    try (Records records = new KkBoxFile(file, columns, wanted)) {
      while (records.next(log)) {
        try {
          sink.accept(records);
        } catch (DataException e) {
          log.add(file, e);
        }
      }
    }
  }
}

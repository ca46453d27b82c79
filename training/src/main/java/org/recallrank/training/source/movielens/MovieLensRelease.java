package org.recallrank.training.source.movielens;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.recallrank.model.io.DataException;
import org.recallrank.model.schema.Column;
import org.recallrank.model.schema.Field;
import org.recallrank.model.schema.Numbers;
import org.recallrank.model.schema.RawRow;
import org.recallrank.training.source.BadRowLog;
import org.recallrank.training.source.DelimitedFile;
import org.recallrank.training.source.Malformed;
import org.recallrank.training.source.Records;
import org.recallrank.training.source.csv.CsvFile;

/** The files of a MovieLens release and how to read them. */
final class MovieLensRelease {
  private static final int MAX_GENRES = 6;

  /** Genre flags of a line of {@code u.item}. */
  private static final int FLAGS = 19;

  /** The lower ends of the age bands of MovieLens 1M, in which its users are given. */
  private static final int[] AGES = {1, 18, 25, 35, 45, 50, 56};

  /**
   * Some releases are ISO 8859-1, some UTF-8. Only ASCII parts of a line are used, and these are
   * the same in both.
   */
  private static final Charset TEXT = StandardCharsets.ISO_8859_1;

  private static final List<String> RATING = List.of("user", "movie", "rating", "time");

  private static final List<Column> USER_COLUMNS =
      List.of(
          Column.categorical("age", Field.Role.USER),
          Column.categorical("gender", Field.Role.USER),
          Column.categorical("occupation", Field.Role.USER),
          Column.categorical("zip", Field.Role.USER));

  private static final List<Column> MOVIE_COLUMNS =
      List.of(
          Column.sequence("genres", Field.Role.ITEM, MAX_GENRES, Field.Pooling.MEAN),
          Column.categorical("year", Field.Role.ITEM));

  private enum Kind {
    /** 100K: tabs and bars, genres as flags. */
    U_DATA,
    /** 1M and 10M: double colons. */
    DAT,
    /** Since 2015. */
    CSV
  }

  /** Takes one rating. */
  @FunctionalInterface
  interface RatingSink {
    void accept(String user, String movie, double rating);
  }

  /**
   * What is known of users or movies by their ids.
   *
   * @param values per id one token per column
   */
  record Descriptions(int columns, Map<String, String[]> values) {
    static final Descriptions NONE = new Descriptions(0, Map.of());

    /** Writes the tokens of {@code id} to a row from {@code column} on; nulls if it is unknown. */
    void fill(String id, RawRow row, int column) {
      String[] known = values.get(id);
      for (int c = 0; c < columns; c++) {
        row.tokens[column + c] = known == null ? null : known[c];
      }
    }
  }

  private final Kind kind;
  private final Path ratings;
  private final Path users;
  private final Path movies;

  private MovieLensRelease(Kind kind, Path ratings, String users, String movies) {
    this.kind = kind;
    this.ratings = ratings;
    this.users = optional(users);
    this.movies = optional(movies);
  }

  private Path optional(String name) {
    return name != null && Files.exists(ratings.resolveSibling(name))
        ? ratings.resolveSibling(name)
        : null;
  }

  /**
   * Finds out which release a folder holds.
   *
   * @throws DataException naming the files that would do if there is none
   */
  static MovieLensRelease in(Path folder) {
    Path ratings = MovieLensFiles.firstOf(folder, "u.data", "ratings.dat", "ratings.csv");
    return switch (ratings.getFileName().toString()) {
      case "u.data" -> new MovieLensRelease(Kind.U_DATA, ratings, "u.user", "u.item");
      case "ratings.dat" -> new MovieLensRelease(Kind.DAT, ratings, "users.dat", "movies.dat");
      default -> new MovieLensRelease(Kind.CSV, ratings, null, "movies.csv");
    };
  }

  Path ratingsFile() {
    return ratings;
  }

  /** The files that are read. */
  List<Path> files() {
    List<Path> files = new ArrayList<>(List.of(ratings));
    if (users != null) {
      files.add(users);
    }
    if (movies != null) {
      files.add(movies);
    }
    return files;
  }

  /** The columns that describe a user, besides its id. */
  List<Column> userColumns() {
    return users == null ? List.of() : USER_COLUMNS;
  }

  /** The columns that describe a movie, besides its id. */
  List<Column> movieColumns() {
    return movies == null ? List.of() : MOVIE_COLUMNS;
  }

  /** Hands out the ratings in the order of the file. */
  void ratings(BadRowLog log, RatingSink sink) {
    try (Records records = open(ratings, RATING, -1)) {
      while (records.next(log)) {
        String user;
        String movie;
        float rating;
        try {
          user = MovieLensFiles.digits(records, 0, RATING);
          movie = MovieLensFiles.digits(records, 1, RATING);
          rating = rating(records);
          MovieLensFiles.digits(records, 3, RATING);
        } catch (DataException e) {
          log.add(ratings, e);
          continue;
        }
        sink.accept(user, movie, rating);
      }
    }
  }

  private static float rating(Records records) {
    float rating = Numbers.parse(records.get(2));
    if (Float.isNaN(rating)) {
      throw Malformed.value(
          records.file(), records.line(), RATING.get(2), "a number", records.get(2));
    }
    return rating;
  }

  private Records open(Path file, List<String> columns, int free) {
    return switch (kind) {
      case U_DATA ->
          new DelimitedFile(file, TEXT, file.equals(ratings) ? "\t" : "|", columns, free);
      case DAT -> new DelimitedFile(file, TEXT, "::", columns, free);
      case CSV -> CsvFile.open(file, columns);
    };
  }

  /** Reads what describes the users: age band, gender, occupation, first character of the zip. */
  Descriptions users(BadRowLog log) {
    if (users == null) {
      return Descriptions.NONE;
    }
    boolean genderFirst = kind == Kind.DAT;
    List<String> columns =
        genderFirst
            ? List.of("user", "gender", "age", "occupation", "zip")
            : List.of("user", "age", "gender", "occupation", "zip");
    int age = columns.indexOf("age");
    Map<String, String[]> values = new HashMap<>();
    readDescriptions(
        users,
        columns,
        -1,
        log,
        records ->
            values.put(
                MovieLensFiles.digits(records, 0, columns),
                new String[] {
                  ageBand(MovieLensFiles.digits(records, age, columns)),
                  records.get(columns.indexOf("gender")),
                  records.get(3),
                  records.get(4).isEmpty() ? "" : records.get(4).substring(0, 1)
                }));
    return new Descriptions(USER_COLUMNS.size(), values);
  }

  private static String ageBand(String digits) {
    int age = digits.length() > 3 ? Integer.MAX_VALUE : Integer.parseInt(digits);
    int band = AGES.length - 1;
    while (band > 0 && AGES[band] > age) {
      band--;
    }
    return String.valueOf(AGES[band]);
  }

  /** Reads what describes the movies: genres and the year. */
  Descriptions movies(BadRowLog log) {
    if (movies == null) {
      return Descriptions.NONE;
    }
    Map<String, String[]> values = new HashMap<>();
    if (kind == Kind.U_DATA) {
      List<String> genres = genreNames(log);
      List<String> columns =
          new ArrayList<>(List.of("movie", "title", "release", "video release", "url"));
      columns.addAll(genres);
      readDescriptions(
          movies,
          columns,
          1,
          log,
          records ->
              values.put(
                  MovieLensFiles.digits(records, 0, columns),
                  new String[] {flaggedGenres(records, columns), lastDigits(records.get(2))}));
    } else {
      List<String> columns = List.of("movie", "title", "genres");
      readDescriptions(
          movies,
          columns,
          1,
          log,
          records ->
              values.put(
                  MovieLensFiles.digits(records, 0, columns),
                  new String[] {genres(records.get(2)), year(records.get(1))}));
    }
    return new Descriptions(MOVIE_COLUMNS.size(), values);
  }

  private void readDescriptions(
      Path file, List<String> columns, int free, BadRowLog log, Consumer<Records> sink) {
    try (Records records = open(file, columns, free)) {
      while (records.next(log)) {
        try {
          sink.accept(records);
        } catch (DataException e) {
          log.add(file, e);
        }
      }
    }
  }

  /** The genres of {@code u.genre} (name|number) in order; numbers if the file is not there. */
  private List<String> genreNames(BadRowLog log) {
    Path file = ratings.resolveSibling("u.genre");
    List<String> names = new ArrayList<>();
    if (Files.exists(file)) {
      readDescriptions(
          file, List.of("genre", "number"), -1, log, records -> names.add(records.get(0)));
    } else {
      IntStream.range(0, FLAGS).forEach(number -> names.add(String.valueOf(number)));
    }
    return names;
  }

  private static String flaggedGenres(Records records, List<String> columns) {
    int first = 5;
    StringJoiner genres = new StringJoiner(String.valueOf(RawRow.SEPARATOR));
    for (int c = first; c < columns.size(); c++) {
      String flag = records.get(c);
      if (flag.equals("1")) {
        genres.add(columns.get(c));
      } else if (!flag.equals("0")) {
        throw Malformed.value(records.file(), records.line(), columns.get(c), "0 or 1", flag);
      }
    }
    return genres.toString();
  }

  private static String genres(String barred) {
    return barred.equals("(no genres listed)") ? "" : barred.replace('|', RawRow.SEPARATOR);
  }

  /** The year that a title ends with, as in {@code Heat (1995)}; empty if there is none. */
  private static String year(String title) {
    String stripped = title.strip();
    int open = stripped.lastIndexOf('(');
    return open >= 0 && stripped.endsWith(")")
        ? lastDigits(stripped.substring(open + 1, stripped.length() - 1))
        : "";
  }

  /** The last four characters if they are digits: the year of {@code 01-Jan-1995}. */
  private static String lastDigits(String text) {
    String last = text.substring(Math.max(0, text.length() - 4));
    return last.length() == 4 && Malformed.isDigits(last) ? last : "";
  }
}

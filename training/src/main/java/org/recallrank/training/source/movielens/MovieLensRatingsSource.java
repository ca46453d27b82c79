package org.recallrank.training.source.movielens;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
 * Ratings of movies as clicks: a rating of at least the threshold is a click, and every rated movie
 * was an exposure. Times are not used: they would tell the model about the future.
 *
 * <p>The folder holds MovieLens 100K ({@code u.data} with {@code u.user} and {@code u.item}), 1M or
 * 10M ({@code ratings.dat}, {@code movies.dat}, {@code users.dat} if there) or a later release
 * ({@code ratings.csv}, {@code movies.csv} if there). Fields: user_id and, if the users are
 * described, age (in the seven bands of MovieLens 1M), gender, occupation, zip (first character);
 * item_id and, if the movies are described, genres and year.
 */
public final class MovieLensRatingsSource implements DataSource {
  private final MovieLensRelease release;
  private final Options options;
  private final Columns columns;
  private MovieLensRelease.Descriptions users;
  private MovieLensRelease.Descriptions movies;
  private long ratings = -1;

  /**
   * How the data set is made.
   *
   * @param threshold the lowest rating that counts as a click
   */
  public record Options(double threshold, SplitRatios ratios, long seed, BadRows badRows) {
    /**
     * Checks the threshold.
     *
     * @throws DataException if it is infinite or not a number
     */
    public Options {
      if (!Double.isFinite(threshold)) {
        throw new DataException("the rating threshold must be a number, found " + threshold);
      }
    }

    /** A click is a rating of 4 or 5; split 8:1:1. */
    public static Options defaults(long seed) {
      return new Options(4, new SplitRatios(8, 1, 1), seed, BadRows.FAIL);
    }
  }

  /**
   * Finds out which release the folder holds; its rows are read when they are asked for.
   *
   * @throws DataException if the folder has none of the files
   */
  public MovieLensRatingsSource(Path folder, Options options) {
    this.options = options;
    release = MovieLensRelease.in(folder);
    List<Column> list = new ArrayList<>();
    list.add(Column.categorical("user_id", Field.Role.USER));
    list.addAll(release.userColumns());
    int item = list.size();
    list.add(Column.categorical("item_id", Field.Role.ITEM));
    list.addAll(release.movieColumns());
    columns = new Columns(list, 0, item);
  }

  @Override
  public Columns columns() {
    return columns;
  }

  @Override
  public Set<Split> splits() {
    return options.ratios.splits();
  }

  @Override
  public List<SkippedRows> read(Set<Split> wanted, RowSink sink) {
    BadRowLog log = new BadRowLog(options.badRows);
    users = release.users(log);
    movies = release.movies(log);
    if (ratings < 0) {
      long[] count = new long[1];
      release.ratings(new BadRowLog(options.badRows), (user, movie, rating) -> count[0]++);
      ratings = count[0];
    }
    SplitDraw draw = new SplitDraw(options.ratios.counts(ratings), options.seed);
    RawRow row = new RawRow(columns.size());
    release.ratings(
        log,
        (user, movie, rating) -> {
          if (!draw.hasNext()) {
            throw new DataException(release.ratingsFile() + ": grew while it was being read");
          }
          Split split = draw.next();
          if (wanted.contains(split)) {
            row.tokens[0] = user;
            users.fill(user, row, 1);
            row.tokens[columns.item()] = movie;
            movies.fill(movie, row, columns.item() + 1);
            row.label = rating >= options.threshold ? 1 : 0;
            sink.accept(split, row);
          }
        });
    return log.report();
  }

  @Override
  public String fingerprint() {
    StringBuilder text = new StringBuilder("movielens ratings, version 1\n");
    text.append(options).append('\n');
    for (Path file : release.files()) {
      text.append(TextFile.fingerprint(file)).append('\n');
    }
    return text.toString();
  }
}

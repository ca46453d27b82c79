package org.recallrank.cli.recommend;

import java.nio.file.Path;
import java.util.stream.IntStream;
import org.recallrank.model.io.DataException;
import org.recallrank.model.serve.Ranker;

/** Among which items those of a user are chosen. Threads may share it. */
public interface Candidates {

  /** Those of a user. */
  Items of(String user);

  /** Items in an order, from 0. */
  interface Items {
    int size();

    String id(int place);

    /**
     * Scores the items at the places {@code begin} to {@code end} - 1.
     *
     * @param out receives as many probabilities
     */
    void score(Ranker.Session on, UserRequest user, int begin, int end, float[] out);
  }

  /**
   * What {@code --candidates} says: {@code pool}, {@code all} or a file.
   *
   * @param asked null: pool if the run has pools, else all
   * @throws DataException if the run does not hold what it takes, or the file is not as expected
   */
  static Candidates of(String asked, Ranker ranker) {
    String what = asked != null ? asked : ranker.hasPools() ? "pool" : "all";
    return switch (what) {
      case "pool" -> pool(ranker);
      case "all" -> all(ranker);
      default -> CandidateFile.read(Path.of(what), ranker);
    };
  }

  private static Candidates pool(Ranker ranker) {
    if (!ranker.hasPools()) {
      throw new DataException(
          "--candidates pool: the run was trained without a recall stage, so there are no pools;"
              + " expected all, or a file of candidates (pools come with --enrich rar or cim)");
    }
    return user -> new TableItems(ranker, ranker.recallItems(ranker.userRow(user)));
  }

  private static Candidates all(Ranker ranker) {
    if (ranker.itemCount() == 0) {
      throw new DataException(
          "--candidates all: the run holds no table of items (it was imported, or trained before"
              + " there were any); expected a CSV file of candidates with the item fields");
    }
    int[] rows =
        IntStream.rangeClosed(1, ranker.itemCount())
            .filter(row -> !ranker.itemId(row).isEmpty())
            .toArray();
    Items items = new TableItems(ranker, rows);
    return user -> items;
  }
}

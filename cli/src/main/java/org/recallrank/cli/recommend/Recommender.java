package org.recallrank.cli.recommend;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.recallrank.kernels.Workers;
import org.recallrank.model.io.DataException;
import org.recallrank.model.schema.Schema;
import org.recallrank.model.serve.Ranker;

/**
 * Chooses for each user of a file the best of its candidates, some users at a time on all threads.
 * What it keeps does not grow with the users, nor with the candidates but for their rows.
 *
 * @param top how many for each user at most
 */
public record Recommender(Ranker ranker, Candidates candidates, SeenItems seen, int top) {
  private static final int USERS_PER_THREAD = 16; // at a time

  /** Scored between two looks at what is best. */
  private static final int ITEMS = 4096;

  /** Takes the lists in the order of the users. */
  @FunctionalInterface
  public interface Sink {
    void accept(Recommendations list) throws IOException;
  }

  /**
   * Checks that a run can do it.
   *
   * @throws DataException if it does not say which of its fields are user and item
   */
  public static void check(Path run, Schema schema) {
    if (schema.user() < 0 || schema.item() < 0) {
      throw new DataException(
          "%s: expected a run with fields that identify user and item, found %s; train or import it with --user and --item"
              .formatted(
                  run,
                  schema.user() >= 0
                      ? "no item field"
                      : schema.item() >= 0 ? "no user field" : "neither"));
    }
  }

  /** What a thread works with. */
  private static final class Desk {
    private final Ranker.Session session;
    private final float[] probabilities = new float[ITEMS];

    Desk(Ranker ranker) {
      session = ranker.session();
    }
  }

  /**
   * Makes the lists.
   *
   * @param context values of context fields for all users, by name
   * @return how many users
   * @throws IOException as the sink
   */
  public long run(Path users, Map<String, String> context, Workers workers, Sink sink)
      throws IOException {
    ConcurrentLinkedDeque<Desk> desks = new ConcurrentLinkedDeque<>();
    long done = 0;
    try (UserFile file = new UserFile(users, ranker, context)) {
      while (true) {
        List<UserRequest> some = file.next(USERS_PER_THREAD * workers.threads());
        if (some.isEmpty()) {
          return done;
        }
        Recommendations[] lists = new Recommendations[some.size()];
        workers.forChunks(
            lists.length,
            i -> {
              Desk desk = desks.pollFirst();
              desk = desk == null ? new Desk(ranker) : desk;
              lists[i] = list(some.get(i), desk);
              desks.addFirst(desk);
            });
        for (Recommendations list : lists) {
          sink.accept(list);
        }
        done += lists.length;
      }
    }
  }

  private Recommendations list(UserRequest user, Desk desk) {
    Candidates.Items items = candidates.of(user.id());
    TopList best = new TopList(Math.min(top, items.size()));
    for (int begin = 0; begin < items.size(); begin += ITEMS) {
      int end = Math.min(begin + ITEMS, items.size());
      items.score(desk.session, user, begin, end, desk.probabilities);
      for (int i = begin; i < end; i++) {
        float probability = desk.probabilities[i - begin];
        // Few get so far that their id is needed.
        if (best.takes(probability) && !seen.contains(user.id(), items.id(i))) {
          best.add(i, probability);
        }
      }
    }
    List<Recommendations.Item> list = new ArrayList<>(best.size());
    for (int rank = 0; rank < best.size(); rank++) {
      list.add(new Recommendations.Item(items.id(best.place(rank)), best.probability(rank)));
    }
    return new Recommendations(user.id(), list);
  }
}

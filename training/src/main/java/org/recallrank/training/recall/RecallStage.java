package org.recallrank.training.recall;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleConsumer;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.Matrix;
import org.recallrank.model.config.SettingsException;
import org.recallrank.model.entity.EntityTable;
import org.recallrank.model.recall.Exposures;
import org.recallrank.model.recall.Folds;
import org.recallrank.model.recall.RecallData;
import org.recallrank.model.recall.RecallPools;
import org.recallrank.model.recall.RecallVectors;
import org.recallrank.model.schema.Field;
import org.recallrank.tensor.Rng;
import org.recallrank.training.data.Dataset;
import org.recallrank.training.data.EntityTables;
import org.recallrank.training.data.Interactions;

/**
 * The stage before ranking, run once on the training rows: DSSM, then per user the nearest items
 * and the nearest other users by inner product (or the pools of a recall stage that there is
 * already), then who was shown what. It reads nothing else, so nothing of validation or test can
 * get into pools or exposures. Nor should the recall items of a training row tell what only the row
 * itself tells; see {@link Folds}.
 *
 * <p>Serves one thread at a time.
 */
public final class RecallStage {
  private static final RowTest CLICKED = (row, label) -> label > 0;
  private static final RowTest SHOWN = (row, label) -> true;

  private final Interactions interactions;
  private final EntityTable users;
  private final EntityTable items;

  /**
   * Collects the users and items of training rows.
   *
   * @throws IllegalArgumentException if the rows are not for training, or lack a user or item field
   */
  public RecallStage(Dataset training) {
    interactions = new Interactions(training);
    users = EntityTables.users(training);
    items = EntityTables.items(training);
  }

  /**
   * Trains DSSM on the clicks.
   *
   * @param onEpoch told the loss of each epoch
   */
  public RecallVectors vectors(
      Kernels kernels, Dssm.Config config, Rng rng, DoubleConsumer onEpoch) {
    return Dssm.train(kernels, users, items, pairs(CLICKED).distinct(), config, rng, onEpoch);
  }

  /**
   * Trains as many models, each on the clicks outside of one of the {@linkplain Folds folds}.
   *
   * @param folds how many; 0 for none
   */
  public List<RecallVectors> foldVectors(Kernels kernels, Dssm.Config config, Rng rng, int folds) {
    List<RecallVectors> vectors = new ArrayList<>();
    for (int f = 0; f < folds; f++) {
      int fold = f;
      Pairs others =
          pairs(
                  (row, label) ->
                      CLICKED.takes(row, label) && Folds.of(interactions.hash(row), folds) != fold)
              .distinct();
      Rng own = rng.split("fold " + f);
      vectors.add(Dssm.train(kernels, users, items, others, config, own, loss -> {}));
    }
    return vectors;
  }

  /** As {@link #nearest(Kernels, RecallVectors, List, PoolConfig)} of a config without folds. */
  public RecallData nearest(Kernels kernels, RecallVectors vectors, PoolConfig config) {
    return nearest(kernels, vectors, List.of(), config);
  }

  /**
   * Pools of the nearest by inner product of DSSM's vectors.
   *
   * @param foldVectors of {@link #foldVectors}, as many as the config has folds: by them are the
   *     recall items of training rows
   * @throws SettingsException if a pool is to hold more than there is
   */
  public RecallData nearest(
      Kernels kernels, RecallVectors vectors, List<RecallVectors> foldVectors, PoolConfig config) {
    check(config);
    if (foldVectors.size() != config.folds()) {
      throw new IllegalArgumentException(
          "expected vectors of " + config.folds() + " folds, found " + foldVectors.size());
    }
    InnerProductSearch search = new InnerProductSearch(kernels);
    int folds = foldVectors.size();
    int[] nearestItems = new int[Pool.places((long) users.size() * (1 + folds), config.items())];
    for (int f = 0; f <= folds; f++) {
      RecallVectors by = f == 0 ? vectors : foldVectors.get(f - 1);
      search.search(
          by.of(Field.Role.USER),
          by.of(Field.Role.ITEM),
          false,
          config.items(),
          nearestItems,
          f * users.size() * config.items());
    }
    Matrix allUsers = vectors.of(Field.Role.USER);
    int[] nearestUsers = search.search(allUsers, allUsers, true, config.users());
    return data(
        new RecallPools(
            users.size(), config.items(), config.users(), 0, folds, nearestItems, nearestUsers),
        vectors);
  }

  /** As {@link #supplied(Pool, Pool, Pool, RecallVectors, PoolConfig)} without sessions. */
  public RecallData supplied(
      Pool recallItems, Pool lookAlikes, RecallVectors vectors, PoolConfig config) {
    return supplied(recallItems, lookAlikes, null, vectors, config);
  }

  /**
   * Pools of another recall stage. A pool that holds less than asked for is filled up with the
   * items (users) that have most clicks in training; that of a session not with items that only the
   * session itself clicks, as only training sessions would have them.
   *
   * @param sessionItems recall items of each session, list s - 1 that of session s; null for none
   * @param vectors of DSSM, or null if signatures are those of the model's own embeddings
   * @throws SettingsException if a pool is to hold more than there is
   */
  public RecallData supplied(
      Pool recallItems,
      Pool lookAlikes,
      Pool sessionItems,
      RecallVectors vectors,
      PoolConfig config) {
    checkSizes(config);
    checkLists("recall items", recallItems);
    checkLists("look-alikes", lookAlikes);
    int sessions = sessionItems == null ? 0 : sessionItems.users();
    int r = config.items();
    Pairs clicked = pairs(CLICKED);
    int[] popularItems = byCount(clicked.items(), items.size());
    int[] lists = new int[Pool.places((long) users.size() + sessions, r)];
    fill(recallItems, r, popularItems, (user, item) -> true, lists, 0);
    if (sessions > 0) {
      int[] onlySession = onlySessions();
      fill(
          sessionItems,
          r,
          popularItems,
          (list, item) -> onlySession[item] != list + 1,
          lists,
          users.size() * r);
    }
    int[] popularUsers = byCount(clicked.users(), users.size());
    int[] alike = new int[Pool.places(users.size(), config.users())];
    fill(lookAlikes, config.users(), popularUsers, (user, other) -> user != other, alike, 0);
    return data(
        new RecallPools(users.size(), r, config.users(), sessions, 0, lists, alike), vectors);
  }

  private void checkLists(String what, Pool pool) {
    if (pool.users() != users.size()) {
      throw new IllegalArgumentException(
          what + ": expected lists of " + users.size() + " users, found " + pool.users());
    }
  }

  /** Per item the only session with a click on it; 0 if there are several or none. */
  private int[] onlySessions() {
    int[] only = new int[items.size()];
    boolean[] several = new boolean[items.size()];
    interactions.forEach(
        (user, item, label, session) -> {
          if (label > 0 && !several[item] && only[item] != session) {
            several[item] = only[item] != 0;
            only[item] = several[item] ? 0 : session;
          }
        });
    return only;
  }

  private RecallData data(RecallPools pools, RecallVectors vectors) {
    Pairs shown = pairs(SHOWN);
    Exposures exposures =
        pools.sessions() == 0
            ? Exposures.of(users.size(), shown.users(), shown.items())
            : Exposures.of(users.size(), shown.users(), shown.items(), sessions());
    return new RecallData(users, items, pools, exposures, vectors);
  }

  /** The sessions of the training rows. */
  private int[] sessions() {
    int[] sessions = new int[Math.toIntExact(interactions.rows())];
    int[] row = new int[1];
    interactions.forEach((user, item, label, session) -> sessions[row[0]++] = session);
    return sessions;
  }

  /**
   * Checks that {@link #nearest} can make pools of these sizes.
   *
   * @throws SettingsException otherwise
   */
  public void check(PoolConfig config) {
    checkSizes(config);
    Pool.places((long) users.size() * (1 + config.folds()), config.items());
    Pool.places(users.size(), config.users());
  }

  private void checkSizes(PoolConfig config) {
    checkSize("pool_items", config.items(), items.size() - 2, "items");
    checkSize("pool_users", config.users(), users.size() - 3, "other users");
  }

  private static void checkSize(String key, int wanted, int available, String what) {
    if (wanted > available) {
      throw new SettingsException(
          key
              + ": expected at most the "
              + Math.max(0, available)
              + " "
              + what
              + " of the training data, found "
              + wanted);
    }
  }

  /** Which of the training rows to take. */
  @FunctionalInterface
  private interface RowTest {
    boolean takes(long row, float label);
  }

  /** Users and items of the training rows that are taken. */
  private Pairs pairs(RowTest test) {
    int rows = Math.toIntExact(interactions.rows());
    int[] pairUsers = new int[rows];
    int[] pairItems = new int[rows];
    int[] next = new int[2]; // row, pair
    interactions.forEach(
        (user, item, label, session) -> {
          if (test.takes(next[0]++, label)) {
            pairUsers[next[1]] = user;
            pairItems[next[1]++] = item;
          }
        });
    return new Pairs(Arrays.copyOf(pairUsers, next[1]), Arrays.copyOf(pairItems, next[1]));
  }

  /** Table rows 1 .. size - 2, most frequent first; of equal ones the lower row first. */
  private static int[] byCount(int[] rows, int size) {
    long[] keys = new long[Math.max(0, size - 2)];
    for (int row = 1; row < size - 1; row++) {
      keys[row - 1] = row;
    }
    for (int row : rows) {
      if (row > 0 && row < size - 1) {
        keys[row - 1] -= 1L << 32;
      }
    }
    return Arrays.stream(keys).sorted().mapToInt(key -> (int) key).toArray();
  }

  /** Whether a list may be filled up with a member. */
  @FunctionalInterface
  private interface Filler {
    boolean fits(int list, int member);
  }

  /**
   * Puts lists of so many members into a table, from one of its places on. What a pool lacks is
   * filled up with the most popular that fit, and only then with those that do not.
   */
  private static void fill(
      Pool pool, int width, int[] popular, Filler filler, int[] table, int from) {
    for (int list = 0; list < pool.users(); list++) {
      int begin = from + list * width;
      int count = Math.min(width, pool.count(list));
      System.arraycopy(pool.members(), list * pool.width(), table, begin, count);
      for (int next = 0; count < width; next++) {
        int candidate = popular[next % popular.length];
        if ((next >= popular.length || filler.fits(list, candidate))
            && !contains(table, begin, count, candidate)) {
          table[begin + count++] = candidate;
        }
      }
    }
  }

  private static boolean contains(int[] values, int from, int count, int value) {
    for (int i = from; i < from + count; i++) {
      if (values[i] == value) {
        return true;
      }
    }
    return false;
  }
}

package org.recallrank.model.recall;

import org.recallrank.model.config.SettingsException;
import org.recallrank.model.data.Batch;

/**
 * What the recall stage hands to the ranking stage: for each user (table row of the user field) r
 * recall items and l look-alike users, best first; and where the data have sessions with a recall
 * set of their own, r recall items for each of them. For training there may be further lists of
 * each user, one per {@linkplain Folds fold}, which know nothing of the rows of the fold. Lists of
 * recall items are numbered: those of users first, then those of sessions, then fold by fold those
 * of users.
 *
 * @param userCount rows of the user table, padding and out-of-vocabulary included
 * @param itemsPerUser r
 * @param usersPerUser l
 * @param sessions how many sessions have a list; 0 for none
 * @param folds how many lists for training each user has; 0 for none: then training takes the
 *     others
 * @param items [{@link #lists} * r] table rows of items
 * @param users [userCount * l] table rows of users
 */
public record RecallPools(
    int userCount,
    int itemsPerUser,
    int usersPerUser,
    int sessions,
    int folds,
    int[] items,
    int[] users) {

  public RecallPools {
    int lists = userCount * (1 + folds) + sessions;
    if (items.length != lists * itemsPerUser || users.length != userCount * usersPerUser) {
      throw new IllegalArgumentException(
          "pools of "
              + userCount
              + " users, "
              + sessions
              + " sessions and "
              + folds
              + " folds: expected "
              + lists * itemsPerUser
              + " items and "
              + userCount * usersPerUser
              + " users, found "
              + items.length
              + " and "
              + users.length);
    }
  }

  /** With the lists of users alone. */
  public RecallPools(int userCount, int itemsPerUser, int usersPerUser, int[] items, int[] users) {
    this(userCount, itemsPerUser, usersPerUser, 0, 0, items, users);
  }

  /** How many lists of recall items there are. */
  public int lists() {
    return userCount * (1 + folds) + sessions;
  }

  /**
   * The list of a row's recall items: that of its session if it has one, else that of its user; for
   * training, if there are folds, the one of its user and fold.
   */
  public int list(Batch batch, int row, boolean training) {
    int session = batch.sessions()[row];
    if (sessions > 0 && session > 0) {
      return userCount + session - 1;
    }
    int user = batch.users()[row];
    return training && folds > 0
        ? userCount + sessions + Folds.of(batch.hash(row), folds) * userCount + user
        : user;
  }

  /** The same of all rows, into {@code out}. */
  public void lists(Batch batch, boolean training, int[] out) {
    for (int row = 0; row < batch.size(); row++) {
      out[row] = list(batch, row, training);
    }
  }

  /**
   * Checks that a selection fits the pools.
   *
   * @throws SettingsException if there is less to select from than is to be selected
   */
  public void checkSelection(int lookAlikes, int recallItems) {
    if (lookAlikes > usersPerUser) {
      throw new SettingsException(
          "rar_look_alikes: expected at most the "
              + usersPerUser
              + " look-alike users of a pool, found "
              + lookAlikes);
    }
    if (recallItems > itemsPerUser) {
      throw new SettingsException(
          "rar_recall_items: expected at most the "
              + itemsPerUser
              + " recall items of a pool, found "
              + recallItems);
    }
  }
}

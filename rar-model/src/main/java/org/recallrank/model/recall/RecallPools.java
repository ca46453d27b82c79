package org.recallrank.model.recall;

import org.recallrank.model.config.SettingsException;
import org.recallrank.model.data.Batch;

/**
 * What the recall stage hands to the ranking stage: for each user (table row of the user field) r
 * recall items and l look-alike users, best first; and where the data have sessions with a recall
 * set of their own, r recall items for each of them. Lists of recall items are numbered: those of
 * users first, then those of sessions.
 *
 * @param userCount rows of the user table, padding and out-of-vocabulary included
 * @param itemsPerUser r
 * @param usersPerUser l
 * @param sessions how many sessions have a list; 0 for none
 * @param items [(userCount + sessions) * r] table rows of items
 * @param users [userCount * l] table rows of users
 */
public record RecallPools(
    int userCount, int itemsPerUser, int usersPerUser, int sessions, int[] items, int[] users) {

  public RecallPools {
    if (items.length != (userCount + sessions) * itemsPerUser
        || users.length != userCount * usersPerUser) {
      throw new IllegalArgumentException(
          "pools of "
              + userCount
              + " users and "
              + sessions
              + " sessions: expected "
              + (userCount + sessions) * itemsPerUser
              + " items and "
              + userCount * usersPerUser
              + " users, found "
              + items.length
              + " and "
              + users.length);
    }
  }

  /** Without lists of sessions. */
  public RecallPools(int userCount, int itemsPerUser, int usersPerUser, int[] items, int[] users) {
    this(userCount, itemsPerUser, usersPerUser, 0, items, users);
  }

  /** How many lists of recall items there are. */
  public int lists() {
    return userCount + sessions;
  }

  /** The list of a row's recall items: that of its session if it has one, else that of its user. */
  public int list(Batch batch, int row) {
    int session = batch.sessions()[row];
    return sessions == 0 || session == 0 ? batch.users()[row] : userCount + session - 1;
  }

  /** The same of all rows, into {@code out}. */
  public void lists(Batch batch, int[] out) {
    for (int row = 0; row < batch.size(); row++) {
      out[row] = list(batch, row);
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

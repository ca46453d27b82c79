package org.recallrank.model.recall;

import org.recallrank.model.config.SettingsException;

/**
 * What the recall stage hands to the ranking stage: for each user (table row of the user field) r
 * recall items and l look-alike users, best first.
 *
 * @param userCount rows of the user table, padding and out-of-vocabulary included
 * @param itemsPerUser r
 * @param usersPerUser l
 * @param items [userCount * r] table rows of items
 * @param users [userCount * l] table rows of users
 */
public record RecallPools(
    int userCount, int itemsPerUser, int usersPerUser, int[] items, int[] users) {

  public RecallPools {
    if (items.length != userCount * itemsPerUser || users.length != userCount * usersPerUser) {
      throw new IllegalArgumentException(
          "pools of "
              + userCount
              + " users: expected "
              + userCount * itemsPerUser
              + " items and "
              + userCount * usersPerUser
              + " users, found "
              + items.length
              + " and "
              + users.length);
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

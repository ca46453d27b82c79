package org.recallrank.model.recall;

import org.recallrank.model.config.SettingsException;

/**
 * Of each user the recall items and the look-alike users, best first, wherever they are kept.
 *
 * <p>May be shared by any number of threads.
 */
public interface UserPools {
  /** How many users there are: rows of the user table. */
  int userCount();

  /** r. */
  int itemsPerUser();

  /** l. */
  int usersPerUser();

  /** Copies the r recall items of a user, table rows of items, to the beginning of an array. */
  void copyItems(int user, int[] to);

  /** Copies the l look-alikes of a user, table rows of users, to the beginning of an array. */
  void copyUsers(int user, int[] to);

  /**
   * Checks that a selection fits the pools.
   *
   * @throws SettingsException if there is less to select from than is to be selected
   */
  default void checkSelection(int lookAlikes, int recallItems) {
    if (lookAlikes > usersPerUser()) {
      throw new SettingsException(
          "rar_look_alikes: expected at most the "
              + usersPerUser()
              + " look-alike users of a pool, found "
              + lookAlikes);
    }
    if (recallItems > itemsPerUser()) {
      throw new SettingsException(
          "rar_recall_items: expected at most the "
              + itemsPerUser()
              + " recall items of a pool, found "
              + recallItems);
    }
  }
}

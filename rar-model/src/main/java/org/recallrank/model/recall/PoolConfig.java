package org.recallrank.model.recall;

import org.recallrank.model.config.Settings;
import org.recallrank.model.config.SettingsException;

/**
 * Sizes of the pools; the paper gives none.
 *
 * @param items r, recall items per user
 * @param users l, look-alike users per user
 * @param folds parts of the training rows, each trained with pools that know nothing of it; 0 for
 *     pools that know of all. Pools that are supplied have none
 */
public record PoolConfig(int items, int users, int folds) {

  public PoolConfig {
    if (folds == 1) {
      throw new SettingsException(
          "recall_folds: expected 0 or 2 and more, as one fold leaves nothing to learn from;"
              + " found 1");
    }
  }

  /** Without folds. */
  public PoolConfig(int items, int users) {
    this(items, users, 0);
  }

  public static PoolConfig from(Settings s) {
    return new PoolConfig(
        s.integer("pool_items", 100, 1, "r, recall items in a user's pool"),
        s.integer("pool_users", 50, 1, "l, look-alike users in a user's pool"),
        s.integer(
            "recall_folds",
            5,
            0,
            "parts of the training rows; pools of one are by a recall model that has not seen it"
                + " (0: by one that has seen all)"));
  }
}

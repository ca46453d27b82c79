package org.recallrank.training.recall;

import org.recallrank.model.config.Settings;
import org.recallrank.model.config.SettingsException;

/**
 * Sizes of the pools; the paper gives none.
 *
 * @param items r, recall items per user
 * @param users l, look-alike users per user
 * @param folds parts of the training rows, each trained with recall items of a model that has not
 *     seen it; 0 for recall items by a model that has seen all. Pools that are supplied have none
 */
public record PoolConfig(int items, int users, int folds) {
  private static final int MOST_FOLDS = 100; // each is a recall model to be trained

  /**
   * Checks the folds.
   *
   * @throws SettingsException if there is one, or more than a hundred
   */
  public PoolConfig {
    if (folds == 1 || folds > MOST_FOLDS) {
      throw new SettingsException(
          "recall_folds: expected 0, or 2 to "
              + MOST_FOLDS
              + " (one would leave nothing to learn from), found "
              + folds);
    }
  }

  /** Without folds. */
  public PoolConfig(int items, int users) {
    this(items, users, 0);
  }

  /** Reads itself from settings. */
  public static PoolConfig from(Settings s) {
    return new PoolConfig(
        s.integer("pool_items", 100, 1, "r, recall items in a user's pool"),
        s.integer("pool_users", 50, 1, "l, look-alike users in a user's pool"),
        s.integer(
            "recall_folds",
            0,
            0,
            "parts of the training rows; recall items of one are by a recall model that has not"
                + " seen it (0: by one that has seen all)"));
  }
}

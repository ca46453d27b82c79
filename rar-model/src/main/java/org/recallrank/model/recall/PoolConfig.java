package org.recallrank.model.recall;

import org.recallrank.model.config.Settings;

/**
 * Sizes of the pools; the paper gives none.
 *
 * @param items r, recall items per user
 * @param users l, look-alike users per user
 */
public record PoolConfig(int items, int users) {
  public static PoolConfig from(Settings s) {
    return new PoolConfig(
        s.integer("pool_items", 100, 1, "r, recall items in a user's pool"),
        s.integer("pool_users", 50, 1, "l, look-alike users in a user's pool"));
  }
}

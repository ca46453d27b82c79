package org.recallrank.training.recall;

import java.util.Arrays;

/**
 * (user, item) pairs as table rows.
 *
 * @param users [count]
 * @param items [count]
 */
public record Pairs(int[] users, int[] items) {

  /**
   * Takes the arrays as they are, without a copy.
   *
   * @throws IllegalArgumentException if they differ in length
   */
  public Pairs {
    if (users.length != items.length) {
      throw new IllegalArgumentException(
          "pairs: " + users.length + " users, " + items.length + " items");
    }
  }

  /** How many pairs. */
  public int count() {
    return users.length;
  }

  /** The same pairs, each once, sorted by user and item. */
  public Pairs distinct() {
    long[] keys = new long[count()];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = (long) users[i] << 32 | items[i];
    }
    keys = Arrays.stream(keys).sorted().distinct().toArray();
    int[] u = new int[keys.length];
    int[] v = new int[keys.length];
    for (int i = 0; i < keys.length; i++) {
      u[i] = (int) (keys[i] >>> 32);
      v[i] = (int) keys[i];
    }
    return new Pairs(u, v);
  }

  /** ln of each item's share of the pairs, of 1e-9 for an item without any. */
  float[] logItemFrequency(int itemCount) {
    int[] counts = new int[itemCount];
    for (int item : items) {
      counts[item]++;
    }
    float[] log = new float[itemCount];
    for (int i = 0; i < itemCount; i++) {
      log[i] = (float) Math.log(Math.max(1e-9, (double) counts[i] / Math.max(1, count())));
    }
    return log;
  }
}

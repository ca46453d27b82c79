package org.recallrank.model.recall;

/**
 * Which recall items each pool user has been shown in training (y_ep of Eq. 8): for user u and its
 * j-th pool user one bit per recall item of u. The label of a selection is an OR of the rows of the
 * selected look-alikes.
 */
public final class Exposures {
  private final int usersPerUser;
  private final int words;
  private final long[] bits;

  private Exposures(int usersPerUser, int words, long[] bits) {
    this.usersPerUser = usersPerUser;
    this.words = words;
    this.bits = bits;
  }

  /**
   * Marks the pool items that pool users were shown.
   *
   * @param users and {@code items}: table rows of each training row, whatever its label
   */
  public static Exposures of(RecallPools pools, int[] users, int[] items) {
    int userCount = pools.userCount();
    int[] start = new int[userCount + 1];
    for (int user : users) {
      start[user + 1]++;
    }
    for (int u = 0; u < userCount; u++) {
      start[u + 1] += start[u];
    }
    int[] shown = new int[users.length];
    int[] next = start.clone();
    for (int i = 0; i < users.length; i++) {
      shown[next[users[i]]++] = items[i];
    }
    int itemCount = 0;
    for (int item : pools.items()) {
      itemCount = Math.max(itemCount, item + 1);
    }
    int r = pools.itemsPerUser();
    int l = pools.usersPerUser();
    int words = (r + 63) / 64;
    long[] bits = new long[Math.multiplyExact(Math.multiplyExact(userCount, l), words)];
    int[] position = new int[itemCount]; // 1 + first position in the pool at hand, 0 for none
    int[] same = new int[r]; // next position of the same item, -1 for none
    for (int u = 0; u < userCount; u++) {
      for (int i = r - 1; i >= 0; i--) {
        int item = pools.items()[u * r + i];
        same[i] = position[item] - 1;
        position[item] = i + 1;
      }
      for (int j = 0; j < l; j++) {
        int other = pools.users()[u * l + j];
        for (int e = start[other]; e < start[other + 1]; e++) {
          int at = shown[e] < itemCount ? position[shown[e]] - 1 : -1;
          for (; at >= 0; at = same[at]) {
            bits[(u * l + j) * words + (at >> 6)] |= 1L << at;
          }
        }
      }
      for (int i = 0; i < r; i++) {
        position[pools.items()[u * r + i]] = 0;
      }
    }
    return new Exposures(l, words, bits);
  }

  /**
   * y_ep: out[i] = 1 if any of the selected look-alikes was shown selected item i, else 0.
   *
   * @param look positions (in the user's pool) of kl look-alikes, from {@code lookOffset}
   * @param item positions of kr recall items, from {@code itemOffset}
   */
  public void labels(
      int user,
      int[] look,
      int lookOffset,
      int kl,
      int[] item,
      int itemOffset,
      int kr,
      float[] out,
      int outOffset) {
    for (int i = 0; i < kr; i++) {
      int at = item[itemOffset + i];
      boolean exposed = false;
      for (int u = 0; u < kl && !exposed; u++) {
        int row = (user * usersPerUser + look[lookOffset + u]) * words;
        exposed = (bits[row + (at >> 6)] >>> at & 1) != 0;
      }
      out[outOffset + i] = exposed ? 1 : 0;
    }
  }
}

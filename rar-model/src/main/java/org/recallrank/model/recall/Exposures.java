package org.recallrank.model.recall;

/**
 * Who has been shown which recall items in training, whatever came of it. For user u and its j-th
 * pool user one bit per recall item of u: the label of a selection (y_ep of Eq. 8) is an OR of the
 * rows of the selected look-alikes. And for u itself one bit per recall item of its own: the labels
 * of CIM.
 */
public final class Exposures {
  private final int usersPerUser;
  private final int words;
  private final long[] bits;
  private final long[] ownBits;

  private Exposures(int usersPerUser, int words, long[] bits, long[] ownBits) {
    this.usersPerUser = usersPerUser;
    this.words = words;
    this.bits = bits;
    this.ownBits = ownBits;
  }

  /**
   * Marks the pool items that pool users and the users themselves were shown.
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
    long[] ownBits = new long[Math.multiplyExact(userCount, words)];
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
        mark(shown, start[other], start[other + 1], position, same, bits, (u * l + j) * words);
      }
      mark(shown, start[u], start[u + 1], position, same, ownBits, u * words);
      for (int i = 0; i < r; i++) {
        position[pools.items()[u * r + i]] = 0;
      }
    }
    return new Exposures(l, words, bits, ownBits);
  }

  /** Sets the bits of the pool items among {@code shown[from .. to)}. */
  private static void mark(
      int[] shown, int from, int to, int[] position, int[] same, long[] bits, int row) {
    for (int e = from; e < to; e++) {
      int at = shown[e] < position.length ? position[shown[e]] - 1 : -1;
      for (; at >= 0; at = same[at]) {
        bits[row + (at >> 6)] |= 1L << at;
      }
    }
  }

  /** out[i] = 1 if the user itself was shown its i-th recall item, else 0, for i &lt; count. */
  public void ownLabels(int user, int count, float[] out, int outOffset) {
    for (int i = 0; i < count; i++) {
      out[outOffset + i] = own(user, i);
    }
  }

  /** The same of the recall items at positions {@code item[itemOffset .. itemOffset + kr)}. */
  public void ownLabels(int user, int[] item, int itemOffset, int kr, float[] out, int outOffset) {
    for (int i = 0; i < kr; i++) {
      out[outOffset + i] = own(user, item[itemOffset + i]);
    }
  }

  private float own(int user, int position) {
    return ownBits[user * words + (position >> 6)] >>> position & 1;
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

package org.recallrank.model.recall;

import java.util.Arrays;

/**
 * Who has been shown which recall items in training, whatever came of it. For each list of recall
 * items and each look-alike in the pool of its user one bit per item of the list: the label of a
 * selection (y_ep of Eq. 8) is an OR of the rows of the selected look-alikes. And one bit per item
 * for the owner of the list itself, which is its user, or its session: the labels of CIM.
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

  /** Items by who was shown them: those of owner o are items[start[o] .. start[o + 1]). */
  private record Shown(int[] start, int[] items) {
    static Shown by(int[] owners, int count, int[] items) {
      int[] start = new int[count + 1];
      for (int owner : owners) {
        start[owner + 1]++;
      }
      for (int o = 0; o < count; o++) {
        start[o + 1] += start[o];
      }
      int[] sorted = new int[owners.length];
      int[] next = start.clone();
      for (int i = 0; i < owners.length; i++) {
        sorted[next[owners[i]]++] = items[i];
      }
      return new Shown(start, sorted);
    }
  }

  /** As {@link #of(RecallPools, int[], int[], int[])} of data without sessions. */
  public static Exposures of(RecallPools pools, int[] users, int[] items) {
    return of(pools, users, items, new int[users.length]);
  }

  /**
   * Marks the pool items that pool users and the owners of the lists were shown. Lists of sessions
   * that are not of training have no labels.
   *
   * @param users and {@code items}: table rows of each training row, whatever its label
   * @param sessions of the same rows, from 1; looked at only if sessions have lists
   */
  public static Exposures of(RecallPools pools, int[] users, int[] items, int[] sessions) {
    int userCount = pools.userCount();
    int lastSession = pools.sessions() == 0 ? 0 : Arrays.stream(sessions).max().orElse(0);
    int lists = userCount + lastSession;
    int[] userOfList = new int[lists];
    Arrays.setAll(userOfList, list -> list < userCount ? list : -1);
    for (int i = 0; i < users.length && lastSession > 0; i++) {
      userOfList[userCount + sessions[i] - 1] = users[i];
    }
    Shown byUser = Shown.by(users, userCount, items);
    Shown bySession = lastSession == 0 ? null : Shown.by(sessions, lastSession + 1, items);
    int itemCount = 0;
    for (int item : pools.items()) {
      itemCount = Math.max(itemCount, item + 1);
    }
    int r = pools.itemsPerUser();
    int l = pools.usersPerUser();
    int words = (r + 63) / 64;
    long[] bits = new long[Math.multiplyExact(Math.multiplyExact(lists, l), words)];
    long[] ownBits = new long[Math.multiplyExact(lists, words)];
    int[] position = new int[itemCount]; // 1 + first position in the pool at hand, 0 for none
    int[] same = new int[r]; // next position of the same item, -1 for none
    for (int list = 0; list < lists; list++) {
      int user = userOfList[list];
      if (user < 0) {
        continue;
      }
      for (int i = r - 1; i >= 0; i--) {
        int item = pools.items()[list * r + i];
        same[i] = position[item] - 1;
        position[item] = i + 1;
      }
      for (int j = 0; j < l; j++) {
        int other = pools.users()[user * l + j];
        mark(byUser, other, position, same, bits, (list * l + j) * words);
      }
      if (list < userCount) {
        mark(byUser, user, position, same, ownBits, list * words);
      } else {
        mark(bySession, list - userCount + 1, position, same, ownBits, list * words);
      }
      for (int i = 0; i < r; i++) {
        position[pools.items()[list * r + i]] = 0;
      }
    }
    return new Exposures(l, words, bits, ownBits);
  }

  /** Sets the bits of the pool items among those that an owner was shown. */
  private static void mark(
      Shown shown, int owner, int[] position, int[] same, long[] bits, int row) {
    for (int e = shown.start[owner]; e < shown.start[owner + 1]; e++) {
      int item = shown.items[e];
      int at = item < position.length ? position[item] - 1 : -1;
      for (; at >= 0; at = same[at]) {
        bits[row + (at >> 6)] |= 1L << at;
      }
    }
  }

  /** out[i] = 1 if the list's owner was shown its i-th item, else 0, for i &lt; count. */
  public void ownLabels(int list, int count, float[] out, int outOffset) {
    for (int i = 0; i < count; i++) {
      out[outOffset + i] = own(list, i);
    }
  }

  /** The same of the recall items at positions {@code item[itemOffset .. itemOffset + kr)}. */
  public void ownLabels(int list, int[] item, int itemOffset, int kr, float[] out, int outOffset) {
    for (int i = 0; i < kr; i++) {
      out[outOffset + i] = own(list, item[itemOffset + i]);
    }
  }

  private float own(int list, int position) {
    return ownBits[list * words + (position >> 6)] >>> position & 1;
  }

  /**
   * y_ep: out[i] = 1 if any of the selected look-alikes was shown selected item i, else 0.
   *
   * @param list of the row's recall items ({@link RecallPools#list})
   * @param look positions (in the pool of the list's user) of kl look-alikes, from {@code
   *     lookOffset}
   * @param item positions of kr recall items, from {@code itemOffset}
   */
  public void labels(
      int list,
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
        int row = (list * usersPerUser + look[lookOffset + u]) * words;
        exposed = (bits[row + (at >> 6)] >>> at & 1) != 0;
      }
      out[outOffset + i] = exposed ? 1 : 0;
    }
  }
}

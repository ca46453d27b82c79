package org.recallrank.model.recall;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.recallrank.tensor.Rng;

class ExposuresTest {
  private static final int USERS = 12;
  private static final int ITEMS = 150;
  private static final int R = 70; // more than one word of bits
  private static final int L = 5;
  private static final int ROWS = 300;

  private final Rng rng = new Rng(4);

  private int[] random(int n, int bound) {
    int[] values = new int[n];
    for (int i = 0; i < n; i++) {
      values[i] = rng.nextInt(bound);
    }
    return values;
  }

  /** The definition (Eq. 8): was the item shown to any of the selected look-alikes? */
  private static float label(int item, int[] selectedUsers, int[] users, int[] items) {
    for (int row = 0; row < users.length; row++) {
      for (int user : selectedUsers) {
        if (users[row] == user && items[row] == item) {
          return 1;
        }
      }
    }
    return 0;
  }

  private void compare(int[] poolItems, int[] users, int[] items) {
    int[] poolUsers = random(USERS * L, USERS);
    RecallPools pools = new RecallPools(USERS, R, L, poolItems, poolUsers);
    Exposures exposures = Exposures.of(pools, users, items);
    int ones = 0;
    int ownOnes = 0;
    for (int trial = 0; trial < 100; trial++) {
      int user = rng.nextInt(USERS);
      int kl = 1 + rng.nextInt(L);
      int kr = 1 + rng.nextInt(R);
      int[] look = random(3 + kl, L); // the first three are somebody else's
      int[] item = random(2 + kr, R);
      float[] out = new float[kr + 1];
      exposures.labels(user, look, 3, kl, item, 2, kr, out, 1);
      int[] selected = new int[kl];
      for (int u = 0; u < kl; u++) {
        selected[u] = poolUsers[user * L + look[3 + u]];
      }
      for (int i = 0; i < kr; i++) {
        float expected = label(poolItems[user * R + item[2 + i]], selected, users, items);
        assertThat(out[1 + i]).as("trial %d, item %d", trial, i).isEqualTo(expected);
        ones += expected > 0 ? 1 : 0;
      }
      assertThat(out[0]).isZero();
      float[] own = new float[kr + 1];
      exposures.ownLabels(user, kr, own, 1);
      for (int i = 0; i < kr; i++) {
        float expected = label(poolItems[user * R + i], new int[] {user}, users, items);
        assertThat(own[1 + i]).as("trial %d, own item %d", trial, i).isEqualTo(expected);
        ownOnes += expected > 0 ? 1 : 0;
      }
      assertThat(own[0]).isZero();
    }
    assertThat(ones).as("labels 1").isBetween(100, 3000);
    assertThat(ownOnes).as("own labels 1").isBetween(100, 3000);
  }

  @Test
  void agreesWithTheDefinition() {
    int[] poolItems = new int[USERS * R];
    for (int user = 0; user < USERS; user++) {
      int[] all = new int[ITEMS];
      for (int i = 0; i < ITEMS; i++) {
        all[i] = i;
      }
      rng.shuffle(all, 0, ITEMS);
      System.arraycopy(all, 0, poolItems, user * R, R);
    }
    compare(poolItems, random(ROWS, USERS), random(ROWS, ITEMS));
  }

  /** A pool may hold an item twice, as when several of another stage are unknown here. */
  @Test
  void agreesWhereAPoolHoldsAnItemTwice() {
    compare(random(USERS * R, ITEMS / 2), random(ROWS, USERS), random(ROWS, ITEMS));
  }

  /** Session 1 is user 1's, session 3 user 0's, session 2 not of training. */
  @Test
  void listsOfSessionsHaveLabelsOfTheirOwn() {
    int[] items = {5, 6, 7, 8, 5, 6, 5, 6, 7, 8}; // of users 0 and 1, then of the sessions
    RecallPools pools = new RecallPools(2, 2, 1, 3, items, new int[] {1, 0});
    Exposures exposures =
        Exposures.of(pools, new int[] {1, 1, 0}, new int[] {5, 8, 7}, new int[] {1, 1, 3});
    float[] out = new float[2];
    exposures.ownLabels(2, 2, out, 0);
    assertThat(out).as("session 1 was shown 5").containsExactly(1, 0);
    exposures.ownLabels(4, 2, out, 0);
    assertThat(out).as("session 3 was shown 7").containsExactly(1, 0);
    int[] first = {0, 1};
    exposures.labels(2, first, 0, 1, first, 0, 2, out, 0);
    assertThat(out).as("user 0, the look-alike of 1, was shown neither").containsExactly(0, 0);
    exposures.labels(4, first, 0, 1, first, 0, 2, out, 0);
    assertThat(out).as("user 1, the look-alike of 0, was shown 8").containsExactly(0, 1);
    exposures.ownLabels(1, 2, out, 0);
    assertThat(out).as("user 1 was shown 8").containsExactly(0, 1);
  }

  @Test
  void itemsOutsideOfAllPoolsDoNotMatter() {
    RecallPools pools = new RecallPools(2, 1, 1, new int[] {3, 3}, new int[] {1, 0});
    Exposures exposures = Exposures.of(pools, new int[] {0, 0}, new int[] {900, 3});
    float[] out = new float[1];
    exposures.labels(1, new int[] {0}, 0, 1, new int[] {0}, 0, 1, out, 0);
    assertThat(out).containsExactly(1);
    exposures.labels(0, new int[] {0}, 0, 1, new int[] {0}, 0, 1, out, 0);
    assertThat(out).containsExactly(0);
  }
}

package org.recallrank.model.recall;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.recallrank.kernels.Ids;
import org.recallrank.kernels.Matrix;
import org.recallrank.tensor.Rng;

class ExposuresTest {
  private static final int USERS = 12;
  private static final int ITEMS = 150;
  private static final int ROWS = 300;

  private final Rng rng = new Rng(4);

  private int[] random(int n, int bound) {
    int[] values = new int[n];
    for (int i = 0; i < n; i++) {
      values[i] = rng.nextInt(bound);
    }
    return values;
  }

  /** The definition (Eq. 8): was the item shown to any of these users? */
  private static float label(int item, int[] selected, int[] users, int[] items) {
    for (int row = 0; row < users.length; row++) {
      for (int user : selected) {
        if (users[row] == user && items[row] == item) {
          return 1;
        }
      }
    }
    return 0;
  }

  @Test
  void agreesWithTheDefinition() {
    int[] users = random(ROWS, USERS - 1); // the last user was shown nothing
    int[] items = random(ROWS, ITEMS);
    Exposures exposures = Exposures.of(USERS, users, items);
    int ones = 0;
    int ownOnes = 0;
    int zeros = 0;
    for (int trial = 0; trial < 100; trial++) {
      int kl = 1 + rng.nextInt(5);
      int kr = 1 + rng.nextInt(70);
      int[] look = random(3 + kl, USERS); // the first three are somebody else's
      int[] item = random(2 + kr, ITEMS);
      float[] out = new float[kr + 1];
      exposures.labels(new Ids(look, 3, kl), new Ids(item, 2, kr), new Matrix(out, 1, 1, kr));
      float[] own = new float[kr + 1];
      exposures.ownLabels(look[0], item, 2, kr, own, 1);
      int[] selected = Arrays.copyOfRange(look, 3, 3 + kl);
      for (int i = 0; i < kr; i++) {
        float expected = label(item[2 + i], selected, users, items);
        assertThat(out[1 + i]).as("trial %d, item %d", trial, i).isEqualTo(expected);
        float ownExpected = label(item[2 + i], new int[] {look[0]}, users, items);
        assertThat(own[1 + i]).as("trial %d, own item %d", trial, i).isEqualTo(ownExpected);
        ones += (int) expected;
        ownOnes += (int) ownExpected;
        zeros += (int) (1 - expected);
      }
      assertThat(out[0]).isZero();
      assertThat(own[0]).isZero();
    }
    assertThat(ones).as("labels 1").isGreaterThan(300);
    assertThat(ownOnes).as("own labels 1").isGreaterThan(100);
    assertThat(zeros).as("labels 0").isGreaterThan(300);
  }

  /** Session 1 is user 1's, session 3 user 0's, session 2 not of training, as is all from 4. */
  @Test
  void sessionsHaveLabelsOfTheirOwn() {
    Exposures exposures =
        Exposures.of(2, new int[] {1, 1, 0}, new int[] {5, 8, 7}, new int[] {1, 1, 3});
    int[] items = {5, 7, 8};
    assertThat(own(exposures, 0, items)).as("user 0").containsExactly(0, 1, 0);
    assertThat(own(exposures, 1, items)).as("user 1").containsExactly(1, 0, 1);
    assertThat(own(exposures, 2, items)).as("session 1").containsExactly(1, 0, 1);
    assertThat(own(exposures, 3, items)).as("session 2").containsExactly(0, 0, 0);
    assertThat(own(exposures, 4, items)).as("session 3").containsExactly(0, 1, 0);
    assertThat(own(exposures, 5, items)).as("session 4").containsExactly(0, 0, 0);
  }

  private static float[] own(Exposures exposures, int list, int[] items) {
    float[] out = new float[items.length];
    exposures.ownLabels(list, items, 0, items.length, out, 0);
    return out;
  }
}

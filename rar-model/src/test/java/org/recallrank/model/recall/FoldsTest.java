package org.recallrank.model.recall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.recallrank.tensor.Rng;

class FoldsTest {
  private static final int FOLDS = 5;

  /** Of all users together, of each single one and of each single item. */
  @Test
  void foldsAreOfAboutTheSameSize() {
    int[] all = new int[FOLDS];
    for (int one = 1; one <= 200; one++) {
      int[] ofUser = new int[FOLDS];
      int[] ofItem = new int[FOLDS];
      for (int other = 1; other <= 2000; other++) {
        ofUser[Folds.of(one, other, FOLDS)]++;
        ofItem[Folds.of(other, one, FOLDS)]++;
        all[Folds.of(one, other, FOLDS)]++;
      }
      assertThat(Arrays.stream(ofUser))
          .allMatch(n -> Math.abs(n - 400) < 100); // 5.6 standard deviations
      assertThat(Arrays.stream(ofItem)).allMatch(n -> Math.abs(n - 400) < 100);
    }
    for (int n : all) {
      assertThat(n / 400_000.0).isCloseTo(0.2, within(0.004));
    }
  }

  @Test
  void everyPairIsLeftOutOfOneFold() {
    Rng rng = new Rng(1);
    int[] users = new int[1000];
    int[] items = new int[1000];
    for (int p = 0; p < users.length; p++) {
      users[p] = rng.nextInt(50);
      items[p] = rng.nextInt(50);
    }
    Pairs pairs = new Pairs(users, items);
    int kept = 0;
    for (int fold = 0; fold < FOLDS; fold++) {
      Pairs others = Folds.without(pairs, fold, FOLDS);
      for (int p = 0; p < others.count(); p++) {
        assertThat(Folds.of(others.users()[p], others.items()[p], FOLDS)).isNotEqualTo(fold);
      }
      kept += others.count();
    }
    assertThat(kept).isEqualTo((FOLDS - 1) * pairs.count());
  }
}

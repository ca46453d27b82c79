package org.recallrank.model.recall;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.recallrank.tensor.Rng;

class ItemSetsTest {
  /** Sizes around powers of two, items next to each other and far apart, pairs given twice. */
  @Test
  void holdsWhatItWasGivenAndNothingElse() {
    Rng rng = new Rng(11);
    List<Set<Integer>> expected = new ArrayList<>();
    List<int[]> pairs = new ArrayList<>();
    for (int owner = 0; owner < 80; owner++) {
      Set<Integer> items = new HashSet<>();
      int stride = 1 << owner % 16;
      for (int n = 0; n < owner; n++) {
        int item = owner % 3 == 0 ? n * stride : rng.nextInt(Integer.MAX_VALUE);
        items.add(item);
        pairs.add(new int[] {owner, item});
        if (n % 4 == 0) {
          pairs.add(new int[] {owner, item});
        }
      }
      expected.add(items);
    }
    int[] owners = pairs.stream().mapToInt(p -> p[0]).toArray();
    int[] items = pairs.stream().mapToInt(p -> p[1]).toArray();
    ItemSets sets = new ItemSets(80, owners, items);
    for (int owner = 0; owner < 80; owner++) {
      for (int item : items) {
        assertThat(sets.contains(owner, item))
            .as("owner %d, item %d", owner, item)
            .isEqualTo(expected.get(owner).contains(item));
      }
    }
    assertThat(sets.contains(80, items[0])).as("an owner that there is not").isFalse();
  }

  @Test
  void noneHaveNothing() {
    assertThat(new ItemSets(0, new int[0], new int[0]).contains(0, 0)).isFalse();
    assertThat(new ItemSets(3, new int[] {1}, new int[] {0}).contains(2, 0)).isFalse();
  }
}

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
      float[] out = new float[items.length + 1];
      sets.mark(owner, items, 1, items.length - 1, out, 2);
      for (int i = 1; i < items.length; i++) {
        assertThat(out[1 + i] == 1)
            .as("owner %d, item %d", owner, items[i])
            .isEqualTo(expected.get(owner).contains(items[i]));
      }
      assertThat(out[0] + out[1]).isZero();
    }
  }

  @Test
  void whoHasNothingLeavesEverythingAsItIs() {
    int[] item = {0};
    float[] out = {0.5f};
    new ItemSets(0, new int[0], new int[0]).mark(0, item, 0, 1, out, 0);
    ItemSets one = new ItemSets(3, new int[] {1}, item);
    one.mark(2, item, 0, 1, out, 0);
    one.mark(3, item, 0, 1, out, 0); // an owner that there is not
    assertThat(out[0]).isEqualTo(0.5f);
    one.mark(1, item, 0, 1, out, 0);
    assertThat(out[0]).isEqualTo(1);
  }
}

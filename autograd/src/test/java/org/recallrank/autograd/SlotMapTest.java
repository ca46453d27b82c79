package org.recallrank.autograd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.recallrank.kernels.Ids;
import org.recallrank.tensor.Rng;

class SlotMapTest {
  @Test
  void numbersIdsInTheOrderOfTheirFirstOccurrence() {
    SlotMap map = new SlotMap(10);
    int[] slots = new int[6];
    map.slots(Ids.of(new int[] {7, 0, 7, 9, 0, 3}, 5), slots);
    assertThat(slots).containsExactly(0, 1, 0, 2, 1, 0); // the sixth is not asked for
    assertThat(map.count()).isEqualTo(3);
    assertThat(Arrays.copyOf(map.ids(), 3)).containsExactly(7, 0, 9);
    assertThat(map.slotOf()).containsExactly(1, -1, -1, -1, -1, -1, -1, 0, -1, 2);
  }

  @Test
  void clearForgetsAndNumbersAfresh() {
    SlotMap map = new SlotMap(10);
    map.slot(4);
    map.slot(5);
    map.clear();
    assertThat(map.count()).isZero();
    assertThat(map.slotOf()).containsOnly(-1);
    assertThat(map.slot(5)).isZero();
    assertThat(map.slot(4)).isEqualTo(1);
  }

  /** More ids than the first arrays hold, against a map of the JDK, over several rounds. */
  @Test
  void agreesWithAHashMap() {
    Rng rng = new Rng(1);
    SlotMap map = new SlotMap(1000);
    for (int round = 0; round < 5; round++) {
      map.clear();
      Map<Integer, Integer> oracle = new LinkedHashMap<>();
      for (int i = 0; i < 400; i++) {
        int id = rng.nextInt(1000);
        oracle.putIfAbsent(id, oracle.size());
        assertThat(map.slot(id)).isEqualTo(oracle.get(id));
      }
      assertThat(map.count()).isEqualTo(oracle.size()).isGreaterThan(64);
      assertThat(Arrays.copyOf(map.ids(), map.count()))
          .containsExactly(oracle.keySet().stream().mapToInt(id -> id).toArray());
    }
  }
}

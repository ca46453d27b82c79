package org.recallrank.autograd.ops.cim;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CimListsTest {

  /** Lists for the tests of what works on them. */
  static final class Sample {
    /** Three lists of 1, 2 and 1 rows; an entity in several lists and twice in one. */
    static final CimLists LISTS =
        new CimLists(
            3,
            3,
            new int[] {3, 1, 0, 2, 1, 2, 0, 2, 3},
            new int[] {0, 1, 3, 4},
            new int[] {0, 1, 1, 2});

    private Sample() {}

    static int entity(CimLists lists, int row, int position) {
      return lists.members()[lists.listOfRow()[row] * lists.length() + position];
    }
  }

  @Test
  void pairsOfSomeRows() {
    int[] index = new int[7];
    assertThat(Sample.LISTS.rows()).isEqualTo(4);
    Sample.LISTS.pairs(1, 3, index);
    assertThat(index).containsExactly(2, 1, 2, 2, 1, 2, 0);
  }
}

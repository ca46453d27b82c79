package org.recallrank.model.recall;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.recallrank.model.config.SettingsException;

class RecallPoolsTest {
  private static RecallPools pools() {
    return new RecallPools(2, 3, 1, new int[6], new int[] {1, 0});
  }

  @Test
  void aSelectionMayTakeAllButNotMore() {
    pools().checkSelection(1, 3);
    assertThatThrownBy(() -> pools().checkSelection(2, 3))
        .isInstanceOf(SettingsException.class)
        .hasMessage("rar_look_alikes: expected at most the 1 look-alike users of a pool, found 2");
    assertThatThrownBy(() -> pools().checkSelection(1, 4))
        .isInstanceOf(SettingsException.class)
        .hasMessage("rar_recall_items: expected at most the 3 recall items of a pool, found 4");
  }

  @Test
  void oneFoldLeavesNothingToLearnFrom() {
    assertThatThrownBy(() -> new PoolConfig(3, 1, 1))
        .isInstanceOf(SettingsException.class)
        .hasMessageStartingWith("recall_folds: expected 0 or 2 and more");
  }

  @Test
  void arraysMustFit() {
    assertThatThrownBy(() -> new RecallPools(2, 3, 1, 1, 2, new int[6], new int[2]))
        .hasMessageContaining("2 users, 1 sessions and 2 folds: expected 21 items");
    assertThatThrownBy(() -> new RecallPools(2, 3, 1, new int[5], new int[2]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("6 items and 2 users, found 5 and 2");
  }
}

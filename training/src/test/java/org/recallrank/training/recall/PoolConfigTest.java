package org.recallrank.training.recall;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.recallrank.model.config.SettingsException;

class PoolConfigTest {
  @Test
  void oneFoldLeavesNothingToLearnFrom() {
    assertThatThrownBy(() -> new PoolConfig(3, 1, 1))
        .isInstanceOf(SettingsException.class)
        .hasMessageStartingWith("recall_folds: expected 0, or 2 to 100");
  }
}

package org.recallrank.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.recallrank.model.config.Settings;
import org.recallrank.model.config.SettingsException;

class EmbeddingConfigTest {
  private static EmbeddingConfig given(Map<String, String> values) {
    Settings settings = new Settings(values);
    EmbeddingConfig config = EmbeddingConfig.from(settings, 0.25);
    settings.rejectUnknown();
    return config;
  }

  @Test
  void everySettingArrivesInItsPlace() {
    assertThat(given(Map.of("embedding_dim", "6", "embedding_std", "0.7")))
        .isEqualTo(new EmbeddingConfig(6, 0.7));
  }

  /** FuxiCTR's, but for the start of embeddings, which the enricher decides. */
  @Test
  void defaultsWhereNothingIsGiven() {
    assertThat(given(Map.of())).isEqualTo(new EmbeddingConfig(10, 0.25));
  }

  /** The last value on either side that is allowed. */
  @ParameterizedTest
  @CsvSource({"embedding_dim, 1, 1, 0.25", "embedding_std, 0, 10, 0", "embedding_std, 10, 10, 10"})
  void bordersAreAllowed(String key, String value, int dim, double std) {
    assertThat(given(Map.of(key, value))).isEqualTo(new EmbeddingConfig(dim, std));
  }

  /** And the first that is not. */
  @ParameterizedTest
  @CsvSource({
    "embedding_dim, 0, a whole number from 1 on",
    "embedding_std, -1e-9, a number from 0 to 10",
    "embedding_std, 10.001, a number from 0 to 10",
    "embedding_std, NaN, a number from 0 to 10"
  })
  void whatIsOutsideOfThemIsRefused(String key, String value, String allowed) {
    assertThatThrownBy(() -> given(Map.of(key, value)))
        .isInstanceOf(SettingsException.class)
        .hasMessage(key + ": expected " + allowed + ", found \"" + value + "\"");
  }
}

package org.recallrank.training.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.recallrank.model.config.Settings;
import org.recallrank.model.config.SettingsException;
import org.recallrank.training.train.TrainConfig.OptimizerKind;

class TrainConfigTest {
  private static TrainConfig given(Map<String, String> values) {
    Settings settings = new Settings(values);
    TrainConfig config = TrainConfig.from(settings, 0.25);
    settings.rejectUnknown();
    return config;
  }

  @Test
  void everySettingArrivesInItsPlace() {
    assertThat(
            given(
                Map.ofEntries(
                    Map.entry("seed", "-3"),
                    Map.entry("epochs", "4"),
                    Map.entry("batch_size", "5"),
                    Map.entry("optimizer", "sgd"),
                    Map.entry("learning_rate", "0.8"),
                    Map.entry("embedding_regularizer", "0.9"),
                    Map.entry("net_regularizer", "1.1"),
                    Map.entry("max_gradient_norm", "1.2"),
                    Map.entry("early_stop_patience", "13"))))
        .isEqualTo(new TrainConfig(-3, 4, 5, OptimizerKind.SGD, 0.8, 0.9, 1.1, 1.2, 13));
  }

  /** FuxiCTR's. */
  @Test
  void defaultsWhereNothingIsGiven() {
    assertThat(given(Map.of()))
        .isEqualTo(new TrainConfig(2024, 100, 4096, OptimizerKind.ADAM, 1e-3, 0.1, 0, 10, 2));
  }

  /** They belong to the model, but are listed, and checked, with those of training. */
  @ParameterizedTest
  @ValueSource(strings = {"embedding_dim", "embedding_std"})
  void settingsOfEmbeddingsAreReadToo(String key) {
    assertThat(given(Map.of(key, "7"))).isEqualTo(given(Map.of()));
    assertThatThrownBy(() -> given(Map.of(key, "-1")))
        .isInstanceOf(SettingsException.class)
        .hasMessageStartingWith(key + ": expected ");
  }

  @ParameterizedTest
  @EnumSource
  void everyUpdateRuleHasAName(OptimizerKind kind) {
    String name = kind.name().toLowerCase(Locale.ROOT);
    assertThat(given(Map.of("optimizer", name)).optimizer()).isEqualTo(kind);
    assertThat(given(Map.of("optimizer", name.replace('_', '-'))).optimizer()).isEqualTo(kind);
  }

  /** The last value on either side that is allowed. */
  @ParameterizedTest
  @CsvSource({
    "seed, -9223372036854775808",
    "seed, 9223372036854775807",
    "epochs, 1",
    "batch_size, 2",
    "learning_rate, 1e-12",
    "learning_rate, 10",
    "embedding_regularizer, 0",
    "embedding_regularizer, 1e6",
    "net_regularizer, 0",
    "net_regularizer, 1e6",
    "max_gradient_norm, 1e-12",
    "max_gradient_norm, 1e30",
    "early_stop_patience, 1"
  })
  void bordersAreAllowed(String key, String value) {
    TrainConfig config = given(Map.of(key, value));
    Number found =
        switch (key) {
          case "seed" -> config.seed();
          case "epochs" -> config.epochs();
          case "batch_size" -> config.batchSize();
          case "learning_rate" -> config.learningRate();
          case "embedding_regularizer" -> config.embeddingRegularizer();
          case "net_regularizer" -> config.netRegularizer();
          case "max_gradient_norm" -> config.maxGradientNorm();
          default -> config.patience();
        };
    assertThat(new BigDecimal(found.toString())).isEqualByComparingTo(value);
  }

  /** And the first that is not. */
  @ParameterizedTest
  @CsvSource({
    "seed, 1.5, a whole number",
    "seed, 9223372036854775808, a whole number",
    "epochs, 0, a whole number from 1 on",
    "epochs, 2.5, a whole number from 1 on",
    "epochs, 2147483648, a whole number from 1 on",
    "batch_size, 1, a whole number from 2 on",
    "optimizer, adamw, 'one of adam, lazy_adam, sgd, adagrad'",
    "learning_rate, 0, a number from 1e-12 to 10",
    "learning_rate, 10.001, a number from 1e-12 to 10",
    "learning_rate, -0.001, a number from 1e-12 to 10",
    "learning_rate, NaN, a number from 1e-12 to 10",
    "embedding_regularizer, -0.1, a number from 0 to 1000000",
    "embedding_regularizer, 1000001, a number from 0 to 1000000",
    "net_regularizer, -0.1, a number from 0 to 1000000",
    "net_regularizer, 1000001, a number from 0 to 1000000",
    "net_regularizer, l2, a number from 0 to 1000000",
    "max_gradient_norm, 0, a number from 1e-12 to 1e30",
    "max_gradient_norm, Infinity, a number from 1e-12 to 1e30",
    "early_stop_patience, 0, a whole number from 1 on"
  })
  void whatIsOutsideOfThemIsRefused(String key, String value, String allowed) {
    assertThatThrownBy(() -> given(Map.of(key, value)))
        .isInstanceOf(SettingsException.class)
        .hasMessage(key + ": expected " + allowed + ", found \"" + value + "\"");
  }
}

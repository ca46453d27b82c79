package org.recallrank.model.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.recallrank.autograd.Parameter;
import org.recallrank.autograd.nn.ParameterSet;
import org.recallrank.model.config.Settings;
import org.recallrank.model.config.SettingsException;
import org.recallrank.model.schema.Field;
import org.recallrank.tensor.Rng;

class AutoIntTest {
  private static final Map<String, String> ALL =
      Map.ofEntries(
          Map.entry("attention_layers", "3"),
          Map.entry("attention_dim", "12"),
          Map.entry("num_heads", "6"),
          Map.entry("use_scale", "false"),
          Map.entry("use_residual", "false"),
          Map.entry("layer_norm", "false"),
          Map.entry("use_wide", "false"),
          Map.entry("dnn_hidden_units", "[6, 4]"),
          Map.entry("net_dropout", "0.25"),
          Map.entry("attention_dropout", "0.125"),
          Map.entry("batch_norm", "false"));

  private static AutoInt.Config config(Map<String, String> values) {
    Settings settings = new Settings(values);
    AutoInt.Config config = AutoInt.Config.from(settings);
    settings.rejectUnknown();
    return config;
  }

  @Test
  void everySettingArrivesInItsPlace() {
    assertThat(config(ALL))
        .isEqualTo(
            new AutoInt.Config(
                3, 12, 6, false, false, false, false, List.of(6, 4), 0.25, 0.125, false));
    assertThat(config(Map.of()))
        .isEqualTo(
            new AutoInt.Config(
                2, 128, 4, true, true, true, true, List.of(400, 400, 400), 0.1, 0.1, true));
  }

  /** FuxiCTR has one dropout for both. */
  @Test
  void attentionDropsAsTheNetworkDoesUnlessSaidOtherwise() {
    Map<String, String> values = new HashMap<>(ALL);
    values.remove("attention_dropout");
    assertThat(config(values).attentionDropout()).isEqualTo(0.25);
  }

  @Test
  void headsThatDoNotFitAreRefused() {
    assertThatThrownBy(() -> config(Map.of("attention_dim", "10")))
        .isInstanceOf(SettingsException.class)
        .hasMessage("autoint: attention_dim 10 is not a multiple of num_heads 4");
  }

  /** A residual needs a matrix only where the width changes. */
  @Test
  void whatIsOffHasNoParameters() {
    assertThat(names(config(ALL), 8))
        .noneMatch(name -> name.contains("lr_layer"))
        .noneMatch(name -> name.contains("layer_norm"))
        .noneMatch(name -> name.contains("W_res"));
    AutoInt.Config standard =
        config(Map.of("attention_dim", "12", "dnn_hidden_units", "[]", "attention_layers", "2"));
    assertThat(names(standard, 8))
        .noneMatch(name -> name.startsWith("dnn"))
        .contains("self_attention.0.W_res.weight", "self_attention.1.layer_norm.bias")
        .doesNotContain("self_attention.1.W_res.weight");
    assertThat(names(standard, 12)).doesNotContain("self_attention.0.W_res.weight");
  }

  private static List<String> names(AutoInt.Config config, int dim) {
    ParameterSet set = new ParameterSet(new Rng(1));
    List<Field> fields = List.of(Field.categorical("user", Field.Role.USER, 9));
    new AutoInt(new ModelShape(set, fields, 3, dim, 1e-4), config);
    return set.parameters().stream().map(Parameter::name).toList();
  }
}

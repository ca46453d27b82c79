package org.recallrank.model.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.recallrank.autograd.Parameter;
import org.recallrank.autograd.nn.ParameterSet;
import org.recallrank.model.config.Settings;
import org.recallrank.model.config.SettingsException;
import org.recallrank.model.schema.Field;
import org.recallrank.tensor.Rng;

class XDeepFmTest {
  private static XDeepFm.Config config(Map<String, String> values) {
    Settings settings = new Settings(values);
    XDeepFm.Config config = XDeepFm.Config.from(settings);
    settings.rejectUnknown();
    return config;
  }

  @Test
  void everySettingArrivesInItsPlace() {
    assertThat(
            config(
                Map.of(
                    "cin_hidden_units",
                    "[7, 5]",
                    "dnn_hidden_units",
                    "[6, 4]",
                    "net_dropout",
                    "0.25",
                    "batch_norm",
                    "true")))
        .isEqualTo(new XDeepFm.Config(List.of(7, 5), List.of(6, 4), 0.25, true));
  }

  @Test
  void aNetworkWithoutLayersIsRefused() {
    assertThatThrownBy(() -> config(Map.of("cin_hidden_units", "[]")))
        .isInstanceOf(SettingsException.class)
        .hasMessage("xdeepfm: cin_hidden_units needs at least one layer");
  }

  /** Convolutions start from Xavier's normal distribution, biases from 0 (FuxiCTR 2). */
  @Test
  void firstValues() {
    ParameterSet set = new ParameterSet(new Rng(1));
    List<Field> fields = List.of(Field.categorical("user", Field.Role.USER, 9));
    new XDeepFm(
        new ModelShape(set, fields, 3, 4, 1e-4),
        new XDeepFm.Config(List.of(64, 50), List.of(), 0, false));
    assertThat(set.parameters())
        .extracting(Parameter::name)
        .noneMatch(name -> name.startsWith("dnn"))
        .contains("cin.fc.weight");
    Parameter weight = set.get("cin.cin_layer.layer_2.weight");
    assertThat(weight.value().shape().toArray()).containsExactly(50, 3 * 64, 1);
    double squares = 0;
    for (float w : weight.value().toArray()) {
      squares += (double) w * w;
    }
    double variance = 2.0 / (3 * 64 + 50); // of 9600 values, so within 1.5 percent or so
    assertThat(squares / weight.value().size()).isBetween(0.94 * variance, 1.06 * variance);
    assertThat(set.get("cin.cin_layer.layer_2.bias").value().toArray()).containsOnly(0f);
  }
}

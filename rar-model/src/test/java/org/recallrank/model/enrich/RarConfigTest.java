package org.recallrank.model.enrich;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.recallrank.autograd.ops.fused.CoInteraction.ExposureLoss;
import org.recallrank.kernels.SimHashKernel.Form;
import org.recallrank.model.config.Settings;
import org.recallrank.model.config.SettingsException;
import org.recallrank.model.enrich.RarConfig.HashSource;
import org.recallrank.model.enrich.RarConfig.Pooling;
import org.recallrank.model.enrich.RarConfig.Variant;

class RarConfigTest {
  @Test
  void everySettingArrivesInItsPlace() {
    Settings settings =
        new Settings(
            Map.ofEntries(
                Map.entry("rar_look_alikes", "3"),
                Map.entry("rar_recall_items", "7"),
                Map.entry("rar_hash_bits", "128"),
                Map.entry("rar_hash_form", "classic_sign"),
                Map.entry("rar_variant", "wght"),
                Map.entry("rar_hash_source", "model"),
                Map.entry("rar_signature_refresh", "9"),
                Map.entry("rar_hidden_units", "[5, 4]"),
                Map.entry("rar_batch_norm", "false"),
                Map.entry("rar_pooling", "sum"),
                Map.entry("rar_out_units", "6"),
                Map.entry("rar_alpha", "0.25"),
                Map.entry("rar_exposure_loss", "matrix"),
                Map.entry("rar_stop_gradient", "false")));
    assertThat(RarConfig.from(settings))
        .isEqualTo(
            new RarConfig(
                Variant.WGHT,
                3,
                7,
                128,
                Form.CLASSIC_SIGN,
                HashSource.MODEL,
                9,
                List.of(5, 4),
                false,
                6,
                0.25,
                ExposureLoss.MATRIX,
                Pooling.SUM,
                false));
    settings.rejectUnknown();
  }

  @Test
  void badValuesAreRefused() {
    assertThatThrownBy(() -> RarConfig.from(new Settings(Map.of("rar_hash_bits", "100"))))
        .isInstanceOf(SettingsException.class)
        .hasMessage("rar_hash_bits: expected a multiple of 64, found 100");
    assertThatThrownBy(() -> RarConfig.from(new Settings(Map.of("rar_alpha", "1.5"))))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("rar_alpha");
    assertThatThrownBy(() -> RarConfig.from(new Settings(Map.of("rar_look_alikes", "0"))))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("rar_look_alikes");
  }
}

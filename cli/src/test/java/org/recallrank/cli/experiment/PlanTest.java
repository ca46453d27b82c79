package org.recallrank.cli.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.recallrank.model.config.SettingsException;

class PlanTest {
  private static Plan sensitivity(Map<String, String> settings, Map<String, String> tuned) {
    return Plan.of(
        "sensitivity",
        new Plan.Basis(
            List.of("dcnv2", "deepfm"),
            null,
            List.of(1L),
            settings,
            (model, enrich) -> model.equals("dcnv2") && enrich.equals("rar") ? tuned : Map.of(),
            1000));
  }

  private static List<String> columns(Plan plan, String model, String key) {
    return plan.cells().stream()
        .filter(c -> c.model().equals(model) && c.column().startsWith(key + "="))
        .map(c -> c.column().substring(key.length() + 1))
        .toList();
  }

  /** The value that the model has is the RAR column's, and no selection is larger than its pool. */
  @Test
  void whatVariesGoesAroundTheSettingsOfEachModel() {
    Plan plan = sensitivity(Map.of(), Map.of("rar_alpha", "0.900", "pool_users", "12"));
    assertThat(columns(plan, "dcnv2", "rar_alpha"))
        .containsExactly("0.1", "0.3", "0.5", "0.7", "1");
    assertThat(columns(plan, "deepfm", "rar_alpha"))
        .containsExactly("0.1", "0.3", "0.7", "0.9", "1");
    assertThat(columns(plan, "dcnv2", "rar_look_alikes")).containsExactly("1", "2", "5");
    assertThat(columns(plan, "deepfm", "rar_look_alikes"))
        .containsExactly("1", "2", "5", "20", "50");
  }

  @Test
  void settingsGivenCountMoreThanTunedOnes() {
    Plan plan = sensitivity(Map.of("rar_alpha", "0.3"), Map.of("rar_alpha", "0.9"));
    assertThat(columns(plan, "dcnv2", "rar_alpha"))
        .containsExactly("0.1", "0.5", "0.7", "0.9", "1");
  }

  @Test
  void aPoolThatIsNoNumberIsRefused() {
    assertThatThrownBy(() -> sensitivity(Map.of("pool_users", "abc"), Map.of()))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("pool_users", "abc");
  }
}

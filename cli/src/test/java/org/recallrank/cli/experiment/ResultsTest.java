package org.recallrank.cli.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResultsTest {
  private static JsonObject cell(String column, int seed, double auc) {
    return JsonParser.parseString(
            """
            {"model": "dcnv2", "column": "%s", "seed": %d, "test": {"auc": %s}}\
            """
                .formatted(column, seed, auc))
        .getAsJsonObject();
  }

  /** A run that was interrupted may have more seeds of one column than of another. */
  @Test
  void comparesOnlySeedsThatBothColumnsHave() {
    Results results =
        new Results(
            List.of(
                cell("Raw", 1, 0.5),
                cell("Raw", 2, 0.7),
                cell("Raw", 3, 0.9),
                cell("+RAR", 3, 0.99),
                cell("+RAR", 1, 0.55)));
    assertThat(results.sample("dcnv2", "Raw", "test.auc").mean()).isCloseTo(0.7, within(1e-12));
    assertThat(results.improvement("dcnv2", "+RAR", "Raw", "test.auc"))
        .isCloseTo(0.1, within(1e-12));
    assertThat(results.paired("dcnv2", "+RAR", "Raw", "test.auc").difference())
        .isCloseTo(0.07, within(1e-12));
    assertThat(results.improvement("dcnv2", "+CIM", "Raw", "test.auc")).isNaN();
  }
}

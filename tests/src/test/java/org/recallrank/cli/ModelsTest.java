package org.recallrank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.recallrank.model.base.BaseModels;
import org.recallrank.model.config.Settings;
import org.recallrank.model.enrich.Enrichers;
import org.recallrank.training.train.TrainingSpec;

/** The list of models and settings is whole and says what a model would really take. */
class ModelsTest {

  /** The defaults of each model, enricher and of training, by "kind name". */
  private static Map<String, Map<String, String>> listed() {
    CommandLineRun run = CommandLineRun.of("models", "--json");
    assertThat(run.exitCode()).isZero();
    Map<String, Map<String, String>> all = new LinkedHashMap<>();
    for (JsonElement element : JsonParser.parseString(run.out()).getAsJsonArray()) {
      JsonObject section = element.getAsJsonObject();
      Map<String, String> defaults = new LinkedHashMap<>();
      for (JsonElement s : section.getAsJsonArray("settings")) {
        JsonObject setting = s.getAsJsonObject();
        assertThat(setting.get("allowed").getAsString()).isNotBlank();
        assertThat(setting.get("explanation").getAsString()).isNotBlank();
        defaults.put(setting.get("key").getAsString(), setting.get("default").getAsString());
      }
      all.put(
          section.get("kind").getAsString() + " " + section.get("name").getAsString(), defaults);
    }
    return all;
  }

  @Test
  void everyCombinationTakesItsListedDefaultsAndNoOthers() {
    Map<String, Map<String, String>> listed = listed();
    assertThat(listed)
        .hasSize(BaseModels.names().size() + Enrichers.names().size() + 1)
        .containsKey("training training");
    for (String model : BaseModels.names()) {
      for (String enricher : Enrichers.names()) {
        Map<String, String> expected = new LinkedHashMap<>(listed.get("training training"));
        expected.putAll(listed.get("model " + model));
        expected.putAll(listed.get("enricher " + enricher));
        Map<String, String> asked = new LinkedHashMap<>();
        TrainingSpec.of(model, enricher, new Settings(expected))
            .settings()
            .asked()
            .forEach(s -> asked.put(s.key(), s.defaultValue()));
        assertThat(asked).as(model + " + " + enricher).containsExactlyInAnyOrderEntriesOf(expected);
      }
    }
  }

  @Test
  void theTableNamesAllInLinesThatFitAScreen() {
    String table = CommandLineRun.of("models").out();
    listed()
        .forEach(
            (name, defaults) -> {
              assertThat(table).contains(name.replace("training training", "training of every"));
              defaults.forEach(
                  (key, value) ->
                      assertThat(table)
                          .containsPattern("(?m)^  " + key + " +" + Pattern.quote(value) + "  "));
            });
    assertThat(table.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(100));
  }

  @Test
  void oneNameShowsOneOnly() {
    assertThat(CommandLineRun.of("models", "deepfm").out())
        .contains("model deepfm", "hidden_units", "[400, 400, 400]")
        .doesNotContain("dcnv2", "rar_alpha", "batch_size");
    assertThat(CommandLineRun.of("models", "rar").out())
        .contains("enricher rar", "rar_alpha", "0.5", "embedding_std")
        .doesNotContain("deepfm", "  hidden_units", "  batch_size");
    JsonArray one =
        JsonParser.parseString(CommandLineRun.of("models", "rar", "--json").out()).getAsJsonArray();
    assertThat(one).hasSize(1);
    CommandLineRun wrong = CommandLineRun.of("models", "depfm");
    assertThat(wrong.exitCode()).isEqualTo(2);
    assertThat(wrong.err()).contains("depfm", "did you mean \"deepfm\"", "rar");
  }

  @Test
  void helpNamesTheModels() {
    String help = CommandLineRun.of("train", "--help").out().replaceAll("\\s+", " ");
    assertThat(help)
        .contains(String.join(", ", BaseModels.names()))
        .contains(String.join(", ", Enrichers.names()));
    assertThat(List.of(help.split(" "))).contains("--set=KEY=VALUE");
  }
}

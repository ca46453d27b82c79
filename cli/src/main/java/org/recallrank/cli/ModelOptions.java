package org.recallrank.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.recallrank.model.config.Settings;
import org.recallrank.model.config.SettingsException;
import org.recallrank.model.train.ModelSpec;
import picocli.CommandLine.Option;

/** Which model, with which settings. */
final class ModelOptions {
  @Option(
      names = "--model",
      paramLabel = "NAME",
      required = true,
      description = "base model: dcnv2 or deepfm")
  private String model;

  @Option(
      names = "--enrich",
      paramLabel = "NAME",
      defaultValue = "none",
      description = "none (the raw model), frnet, cim or rar (default: ${DEFAULT-VALUE})")
  private String enrich;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "a setting of model, enricher or training; may be given many times")
  private Map<String, String> settings = new LinkedHashMap<>();

  @Option(names = "--epochs", paramLabel = "N", description = "short for --set epochs=N")
  private String epochs;

  @Option(names = "--seed", paramLabel = "N", description = "short for --set seed=N")
  private String seed;

  /**
   * The model that is meant.
   *
   * @throws SettingsException if a name, key or value is wrong
   */
  ModelSpec spec() {
    Map<String, String> all = new LinkedHashMap<>(settings);
    if (epochs != null) {
      all.put("epochs", epochs);
    }
    if (seed != null) {
      all.put("seed", seed);
    }
    return ModelSpec.of(model, enrich, new Settings(all));
  }
}

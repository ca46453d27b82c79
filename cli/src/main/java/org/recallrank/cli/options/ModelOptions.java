package org.recallrank.cli.options;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.recallrank.model.base.BaseModels;
import org.recallrank.model.config.Settings;
import org.recallrank.model.config.SettingsException;
import org.recallrank.model.enrich.Enrichers;
import org.recallrank.training.train.TrainingSpec;
import picocli.CommandLine.Option;

/** Which model, with which settings. */
public final class ModelOptions {
  /** The short options that stand for a setting of the same name. */
  static final List<String> SHORT = List.of("epochs", "seed");

  static final class ModelNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return BaseModels.names().iterator();
    }
  }

  static final class EnricherNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Enrichers.names().iterator();
    }
  }

  @Option(
      names = "--model",
      paramLabel = "NAME",
      required = true,
      completionCandidates = ModelNames.class,
      description = "base model: ${COMPLETION-CANDIDATES}")
  private String model;

  @Option(
      names = "--enrich",
      paramLabel = "NAME",
      defaultValue = "none",
      completionCandidates = EnricherNames.class,
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}, the raw model)")
  private String enrich;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description =
          "a setting of model, enricher or training; may be given many times (see recallrank"
              + " models)")
  private List<String> assignments = new ArrayList<>();

  @Option(names = "--epochs", paramLabel = "N", description = "short for --set epochs=N")
  private String epochs;

  @Option(names = "--seed", paramLabel = "N", description = "short for --set seed=N")
  private String seed;

  /**
   * The model that is meant.
   *
   * @throws SettingsException if a name, key or value is wrong, or a key is set twice
   */
  public TrainingSpec spec() {
    Map<String, String> settings = new LinkedHashMap<>();
    for (String assignment : assignments) {
      int equals = assignment.indexOf('=');
      if (equals < 1) {
        throw new SettingsException("--set: expected KEY=VALUE, found \"" + assignment + "\"");
      }
      put(settings, assignment.substring(0, equals).strip(), assignment.substring(equals + 1));
    }
    put(settings, "epochs", epochs);
    put(settings, "seed", seed);
    return TrainingSpec.of(model, enrich, new Settings(settings));
  }

  private static void put(Map<String, String> settings, String key, String value) {
    String before = value == null ? null : settings.put(key, value);
    if (before != null) {
      throw new SettingsException(
          key + ": expected one value, found two: \"" + before + "\" and \"" + value + "\"");
    }
  }
}

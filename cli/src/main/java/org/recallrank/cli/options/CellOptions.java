package org.recallrank.cli.options;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.recallrank.model.base.BaseModels;
import org.recallrank.model.config.SettingsException;
import picocli.CommandLine.Option;

/** Which models, with which settings: options of commands that train many. */
public final class CellOptions {
  @Option(
      names = "--models",
      split = ",",
      paramLabel = "NAME",
      description = "base models (default: those of the paper's table)")
  private List<String> models;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "a setting of every model that knows it; may be given many times")
  private List<String> assignments = new ArrayList<>();

  @Option(names = "--epochs", paramLabel = "N", description = "short for --set epochs=N")
  private String epochs;

  /** Canonical names, or null if none were given. */
  public List<String> models() {
    return models == null ? null : models.stream().map(BaseModels::canonical).distinct().toList();
  }

  /** Values by key. */
  public Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    for (String assignment : assignments) {
      int equals = assignment.indexOf('=');
      if (equals < 1) {
        throw new SettingsException("--set: expected KEY=VALUE, found \"" + assignment + "\"");
      }
      settings.put(assignment.substring(0, equals).strip(), assignment.substring(equals + 1));
    }
    if (epochs != null) {
      settings.put("epochs", epochs);
    }
    return settings;
  }

  /** The file that {@code tune} writes for a model and an enricher. */
  public static Path tunedFile(Path folder, String model, String enrich) {
    return folder.resolve(model + "-" + enrich + ".yaml");
  }
}

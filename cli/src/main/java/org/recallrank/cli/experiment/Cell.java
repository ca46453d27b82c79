package org.recallrank.cli.experiment;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.recallrank.model.config.Settings;
import org.recallrank.training.train.TrainingSpec;

/**
 * One training of an experiment.
 *
 * @param model the base model's canonical name: a row of the paper's tables
 * @param column what the model is compared as, e.g. {@code RAR}: a column of the paper's tables
 * @param enrich the enricher
 * @param settings given ones, without the seed
 */
public record Cell(
    String model, String column, String enrich, Map<String, String> settings, long seed) {

  public Cell {
    settings = Map.copyOf(settings);
  }

  /** A name that no other cell of the plan has and that every file system takes. */
  public String id() {
    String plain = column.replaceAll("[^A-Za-z0-9_.=]+", "_").toLowerCase(Locale.ROOT);
    return model + "-" + plain + "-seed" + seed;
  }

  /** All settings, checked. */
  public TrainingSpec spec() {
    Map<String, String> all = new TreeMap<>(settings);
    all.put("seed", Long.toString(seed));
    return TrainingSpec.of(model, enrich, new Settings(all));
  }
}

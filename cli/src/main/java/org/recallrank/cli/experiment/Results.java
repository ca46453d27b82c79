package org.recallrank.cli.experiment;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import org.recallrank.model.files.Json;

/** Finished cells by model, column and seed. */
public final class Results {
  private final List<JsonObject> cells;

  public Results(List<JsonObject> cells) {
    this.cells = List.copyOf(cells);
  }

  public List<JsonObject> cells() {
    return cells;
  }

  /** In the order of the paper's Table 2. */
  public List<String> models() {
    Set<String> models = names("model");
    List<String> ordered = new ArrayList<>(Plan.MODELS);
    ordered.retainAll(models);
    return ordered;
  }

  /** As they turn up. */
  public Set<String> columns() {
    return names("column");
  }

  private Set<String> names(String property) {
    Set<String> names = new LinkedHashSet<>();
    cells.forEach(cell -> names.add(Json.text(cell, property)));
    return names;
  }

  /** The seeds' values of a figure, in the order of seeds; empty if no cell is there. */
  public double[] values(String model, String column, String figure) {
    return bySeed(model, column, figure).values().stream().mapToDouble(v -> v).toArray();
  }

  private TreeMap<Long, Double> bySeed(String model, String column, String figure) {
    TreeMap<Long, Double> values = new TreeMap<>();
    for (JsonObject cell : cells) {
      if (Json.text(cell, "model").equals(model) && Json.text(cell, "column").equals(column)) {
        values.put(cell.get("seed").getAsLong(), Json.at(cell, figure));
      }
    }
    return values;
  }

  /** Mean and standard deviation over seeds. */
  public Sample sample(String model, String column, String figure) {
    return Sample.of(values(model, column, figure));
  }

  /** Column a against column b over the seeds that both have. */
  public Sample.Paired paired(String model, String a, String b, String figure) {
    return Sample.Paired.of(shared(model, a, b, figure), shared(model, b, a, figure));
  }

  /** A column's values of the seeds that another has too. */
  private double[] shared(String model, String column, String other, String figure) {
    TreeMap<Long, Double> values = bySeed(model, column, figure);
    values.keySet().retainAll(bySeed(model, other, figure).keySet());
    return values.values().stream().mapToDouble(v -> v).toArray();
  }

  /** Relative improvement of the mean over the seeds that both have, NaN where there is none. */
  public double improvement(String model, String column, String over, String figure) {
    return Sample.of(shared(model, column, over, figure)).mean()
            / Sample.of(shared(model, over, column, figure)).mean()
        - 1;
  }

  /** Improvements over raw of all models, reduced (the best, the average). */
  public double improvement(String column, String figure, BinaryOperator<Double> reduce) {
    return models().stream()
        .map(model -> improvement(model, column, "Raw", figure))
        .filter(v -> !v.isNaN())
        .reduce(reduce)
        .orElse(Double.NaN);
  }

  /** The mean of the models' improvements over raw. */
  public double meanImprovement(String column, String figure) {
    return Sample.of(
            models().stream()
                .mapToDouble(model -> improvement(model, column, "Raw", figure))
                .toArray())
        .mean();
  }

  /** A share as per cent with a sign; a dash for NaN. */
  public static String percent(double share) {
    return Double.isNaN(share) ? "-" : String.format(Locale.ROOT, "%+.1f%%", 100 * share);
  }

  /** "96.53" or with several seeds "96.53 ±0.04"; a dash for no value. */
  public static String hundredths(Sample s) {
    if (s.n() == 0 || Double.isNaN(s.mean())) {
      return "-";
    }
    return s.n() == 1
        ? String.format(Locale.ROOT, "%.2f", 100 * s.mean())
        : String.format(Locale.ROOT, "%.2f ±%.2f", 100 * s.mean(), 100 * s.sd());
  }

  /** The name that the paper has for a model. */
  public static String title(String model) {
    return switch (model) {
      case "ipnn" -> "IPNN";
      case "widedeep" -> "WDL";
      case "deepfm" -> "DeepFM";
      case "dcn" -> "DCN";
      case "xdeepfm" -> "xDeepFM";
      case "autoint" -> "AutoInt+";
      case "deepim" -> "DeepIM";
      case "dcnv2" -> "DCN-V2";
      default -> model;
    };
  }
}

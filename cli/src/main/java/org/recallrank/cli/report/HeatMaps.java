package org.recallrank.cli.report;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.recallrank.cli.experiment.Results;
import org.recallrank.cli.experiment.Table;
import org.recallrank.model.files.Json;
import org.recallrank.pages.chart.HeatMap;

/** Matching matrices of a few test rows of one trained model. */
final class HeatMaps {
  private final JsonObject cell;
  private final Map<String, String> names;

  /**
   * @param names of items, by their ids in the data
   */
  private HeatMaps(JsonObject cell, Map<String, String> names) {
    this.cell = cell;
    this.names = names;
  }

  /** Those of the first model that has some. */
  static Optional<HeatMaps> of(Study study, Map<String, String> names) {
    return study.results().cells().stream()
        .filter(c -> c.get("matching") instanceof JsonArray a && !a.isEmpty())
        .min(Comparator.comparingInt(c -> Json.text(c, "column").matches("\\+?RAR") ? 0 : 1))
        .map(c -> new HeatMaps(c, names));
  }

  /** Which model it is. */
  String model() {
    return Results.title(Json.text(cell, "model"))
        + " "
        + Json.text(cell, "column")
        + ", seed "
        + Json.text(cell, "seed");
  }

  List<Figure> figures(String prefix) {
    List<Figure> figures = new ArrayList<>();
    for (JsonElement element : cell.getAsJsonArray("matching")) {
      JsonObject example = element.getAsJsonObject();
      List<String> users = texts(example, "lookAlikes").stream().map(u -> "user " + u).toList();
      List<String> items = texts(example, "recallItems").stream().map(this::item).toList();
      double[][] matrix = matrix(example);
      String title =
          "User "
              + Json.text(example, "user")
              + ", "
              + item(Json.text(example, "item"))
              + (example.get("clicked").getAsBoolean() ? " (clicked)" : " (not clicked)");
      figures.add(
          new Figure(
              prefix + "-matching-" + (figures.size() + 1),
              title,
              "",
              HeatMap.of("Matching matrix: " + title, users, items, matrix),
              table(title, users, items, matrix)));
    }
    return figures;
  }

  private String item(String id) {
    String name = names.get(id);
    return name == null ? "item " + id : name;
  }

  private static List<String> texts(JsonObject example, String name) {
    return example.getAsJsonArray(name).asList().stream().map(JsonElement::getAsString).toList();
  }

  private static double[][] matrix(JsonObject example) {
    return example.getAsJsonArray("matrix").asList().stream()
        .map(
            row ->
                row.getAsJsonArray().asList().stream()
                    .mapToDouble(JsonElement::getAsDouble)
                    .toArray())
        .toArray(double[][]::new);
  }

  private static Table table(
      String title, List<String> users, List<String> items, double[][] matrix) {
    List<String> header = new ArrayList<>(List.of("Recall item"));
    header.addAll(users);
    List<List<String>> rows = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      List<String> row = new ArrayList<>(List.of(items.get(i)));
      for (double[] user : matrix) {
        row.add(String.format(Locale.ROOT, "%.3f", user[i]));
      }
      rows.add(row);
    }
    return new Table(title, header, rows, List.of());
  }
}

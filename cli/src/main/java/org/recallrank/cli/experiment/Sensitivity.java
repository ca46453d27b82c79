package org.recallrank.cli.experiment;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.recallrank.model.files.Json;

/** The cells of the experiment {@code sensitivity} as curves. */
public final class Sensitivity {
  private static final List<String> KEYS =
      List.of("rar_look_alikes", "rar_recall_items", "rar_alpha", "rar_hash_bits");
  private static final List<String> TITLES =
      List.of("k_l, look-alike users", "k_r, recall items", "alpha", "hash bits");

  private Sensitivity() {}

  /**
   * One setting varied, for one model.
   *
   * @param points by ascending value
   */
  public record Series(String model, String key, String title, List<Point> points) {}

  /**
   * One value.
   *
   * @param column of the cells that have it
   * @param usual whether the other series have it too
   */
  public record Point(double number, String value, String column, boolean usual) {}

  /** The curves of all models that have at least two points. */
  public static List<Series> of(Results results) {
    List<Series> all = new ArrayList<>();
    for (String model : results.models()) {
      for (int k = 0; k < KEYS.size(); k++) {
        List<Point> points = new ArrayList<>();
        for (JsonObject cell : results.cells()) {
          String column = Json.text(cell, "column");
          boolean usual = column.equals("RAR");
          if (Json.text(cell, "model").equals(model)
              && (usual || column.startsWith(KEYS.get(k) + "="))
              && points.stream().noneMatch(p -> p.column.equals(column))) {
            String value = Json.text(cell.getAsJsonObject("configuration"), KEYS.get(k));
            points.add(new Point(Double.parseDouble(value), value, column, usual));
          }
        }
        points.sort(Comparator.comparingDouble(Point::number));
        if (points.size() > 1) {
          all.add(new Series(model, KEYS.get(k), TITLES.get(k), points));
        }
      }
    }
    return all;
  }
}

package org.recallrank.cli.experiment;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.recallrank.model.files.Json;

/** The experiment {@code scale}. */
final class ScaleTables {
  private ScaleTables() {}

  static List<Table> of(List<JsonObject> cells) {
    List<List<String>> training = new ArrayList<>();
    List<List<String>> selection = new ArrayList<>();
    for (JsonObject cell : cells) {
      String size = number("%,.0f", cell, "size");
      if (Json.text(cell, "what").equals("training")) {
        training.add(
            List.of(
                size,
                number("%,.0f", cell, "rows"),
                number("%,.0f", cell, "parameters"),
                number("%.2f", cell, "microsPerRow"),
                number("%.1f", cell, "recallSeconds"),
                number("%,.0f", cell, "heapMiB")));
      } else {
        selection.add(
            List.of(
                size,
                number("%.3f", cell, "millisPerQuery"),
                number("%,.0f", cell, "signaturesPerSecond"),
                number("%,.0f", cell, "heapMiB")));
      }
    }
    return List.of(
        new Table(
            "Scale: training DCN-V2 + RAR on generated worlds",
            List.of(
                "users", "rows", "parameters", "µs per row", "pools (s)", "heap in training (MiB)"),
            training,
            List.of(
                "heap: what is left after a collection at the end of an epoch, so weights,"
                    + " gradients, moments and pools; encoded rows are mapped files beside it.")),
        new Table(
            "Scale: the 100 nearest of a pool of 64-bit signatures",
            List.of("pool", "ms per query", "signatures/s", "heap (MiB)"),
            selection,
            List.of()));
  }

  private static String number(String form, JsonObject cell, String name) {
    double value = Json.at(cell, name);
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, form, value);
  }
}

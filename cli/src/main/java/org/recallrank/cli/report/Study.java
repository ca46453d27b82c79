package org.recallrank.cli.report;

import com.google.gson.JsonObject;
import java.util.List;
import java.util.Locale;
import org.recallrank.cli.experiment.Results;
import org.recallrank.model.files.Json;

/**
 * What one folder holds: an experiment, or single runs on the same data.
 *
 * @param name of the experiment; {@value #RUNS} for runs that belong to none
 * @param about what {@code experiment.json} says: data statistics and options; for runs, those of
 *     the first one that has some
 * @param suffix behind the words for its data, where these alone are ambiguous
 */
public record Study(String name, JsonObject about, Results results, String suffix) {
  static final String RUNS = "runs";

  /** Options that make another data set of the same files. */
  private static final List<String> VARIANTS =
      List.of("split", "split-seed", "threshold", "negatives", "min-count");

  static Study ofRuns(List<JsonObject> runs, String suffix) {
    JsonObject about =
        runs.stream().filter(run -> run.has("options")).findFirst().orElse(runs.get(0));
    return new Study(RUNS, about, new Results(runs), suffix);
  }

  /** Whether it is this experiment. */
  boolean is(String experiment) {
    return name.equals(experiment);
  }

  /** The data set in words. */
  String data() {
    StringBuilder words = new StringBuilder(title());
    double rows = rows("train") + rows("valid") + rows("test");
    if (rows > 0) {
      words.append(String.format(Locale.ROOT, ", %,.0f rows", rows));
    }
    for (String option : VARIANTS) {
      if (options().has(option)) {
        words.append(", ").append(option).append(' ').append(Json.text(options(), option));
      }
    }
    return words.append(suffix).toString();
  }

  private String title() {
    JsonObject options = options();
    String format = Json.text(options, "format");
    return switch (format) {
      case "movielens-tags" -> "MovieLens tags";
      case "movielens-ratings" -> "MovieLens ratings";
      case "kkbox" -> "KKBox";
      case "candictr" -> "CandiCTR-Pub";
      case "world" -> "Generated world";
      default -> {
        String file = Json.text(options, options.has("data") ? "data" : "train");
        String[] path = file.split("[/\\\\]");
        yield file.isEmpty()
            ? "unknown data"
            : path[Math.max(0, path.length - (options.has("data") ? 1 : 2))];
      }
    };
  }

  /** Rows of a split, 0 if there is none. */
  double rows(String split) {
    double rows = Json.at(about, "rows." + split);
    return Double.isNaN(rows) ? 0 : rows;
  }

  private JsonObject options() {
    return about.get("options") instanceof JsonObject o ? o : new JsonObject();
  }

  /** The paper's data set that this one is a version of; empty if there is none. */
  String paperData() {
    return switch (Json.text(options(), "format")) {
      case "movielens-tags" -> "Movielens";
      case "kkbox" -> "KKBox";
      case "candictr" -> "CandiCTR-Pub";
      default -> "";
    };
  }
}

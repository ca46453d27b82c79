package org.recallrank.cli.experiment;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.recallrank.model.files.Json;

/** The results of an experiment in the layout of the paper's tables. */
public final class Tables {
  private static final String AUC = "test.auc";
  private static final String GAUC = "test.gauc";

  private Tables() {}

  /** All tables of an experiment. */
  public static List<Table> of(String name, Results results) {
    return switch (name) {
      case "table2" -> table2(results);
      case "table3" -> List.of(table3(results));
      case "table4" -> List.of(table4(results));
      case "sensitivity" -> sensitivity(results);
      case "selection" -> List.of(selection(results));
      case "scale" -> ScaleTables.of(results.cells());
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static List<Table> table2(Results r) {
    List<String> header = new ArrayList<>(List.of("Model"));
    for (String column : r.columns()) {
      header.add(column + " gAUC(%)");
      header.add(column + " AUC(%)");
    }
    List<List<String>> rows = new ArrayList<>();
    for (String model : r.models()) {
      List<String> row = new ArrayList<>(List.of(Results.title(model)));
      for (String column : r.columns()) {
        row.add(Results.hundredths(r.sample(model, column, GAUC)));
        row.add(Results.hundredths(r.sample(model, column, AUC)));
      }
      rows.add(row);
    }
    List<String> best = new ArrayList<>(List.of("Best RelImp"));
    for (String column : r.columns()) {
      best.add(Results.percent(r.improvement(column, GAUC, Math::max)));
      best.add(Results.percent(r.improvement(column, AUC, Math::max)));
    }
    rows.add(best);
    Table table =
        new Table(
            "Table 2: performance on test rows (mean ± standard deviation over seeds)",
            header,
            rows,
            List.of());
    return r.columns().containsAll(Set.of("Raw", "+RAR"))
        ? List.of(table, tests(r))
        : List.of(table);
  }

  /** RAR against raw, seed by seed. */
  public static Table tests(Results r) {
    List<List<String>> rows = new ArrayList<>();
    for (String model : r.models()) {
      List<String> row = new ArrayList<>(List.of(Results.title(model)));
      for (String figure : List.of(GAUC, AUC)) {
        Sample.Paired test = r.paired(model, "+RAR", "Raw", figure);
        row.add(
            Double.isNaN(test.difference())
                ? "-"
                : String.format(Locale.ROOT, "%+.2f", 100 * test.difference()));
        row.add(Double.isNaN(test.p()) ? "-" : String.format(Locale.ROOT, "%.3f", test.p()));
        if (figure.equals(AUC)) {
          row.add(Integer.toString(test.n()));
        }
      }
      rows.add(row);
    }
    return new Table(
        "RAR against raw, paired by seed",
        List.of("Model", "gAUC diff(%)", "p", "AUC diff(%)", "p", "seeds"),
        rows,
        List.of("p: Student's paired t test, two-sided; - with fewer than two seeds."));
  }

  private static Table table3(Results r) {
    List<String> header = new ArrayList<>(List.of("Variant"));
    for (String model : r.models()) {
      header.add(Results.title(model) + " gAUC(%)");
      header.add(Results.title(model) + " AUC(%)");
    }
    header.addAll(List.of("Average RelImp gAUC", "Average RelImp AUC"));
    List<List<String>> rows = new ArrayList<>();
    for (String column : r.columns()) {
      List<String> row = new ArrayList<>(List.of(column));
      for (String model : r.models()) {
        row.add(Results.hundredths(r.sample(model, column, GAUC)));
        row.add(Results.hundredths(r.sample(model, column, AUC)));
      }
      row.add(Results.percent(r.meanImprovement(column, GAUC)));
      row.add(Results.percent(r.meanImprovement(column, AUC)));
      rows.add(row);
    }
    return new Table("Table 3: ablation of RAR, on test rows", header, rows, List.of());
  }

  private static Table table4(Results r) {
    List<List<String>> rows = new ArrayList<>();
    for (String model : r.models()) {
      for (String column : r.columns()) {
        rows.add(
            List.of(
                Results.title(model) + " " + column,
                String.format(
                    Locale.ROOT, "%.2f s", r.sample(model, column, "secondsPerEpoch").mean()),
                Results.percent(r.improvement(model, column, "CIM_short", "secondsPerEpoch")),
                String.format(
                    Locale.ROOT, "%.2f ms", r.sample(model, column, "inferenceStepMillis").mean()),
                Results.percent(r.improvement(model, column, "CIM_short", "inferenceStepMillis"))));
      }
    }
    return new Table(
        "Table 4: wall time",
        List.of(
            "Model", "Training time per epoch", "Rel.Inc", "Time per inference step", "Rel.Inc"),
        rows,
        List.of("Medians over the epochs of a run; a step is one batch."));
  }

  private static List<Table> sensitivity(Results r) {
    List<Table> tables = new ArrayList<>();
    for (Sensitivity.Series series : Sensitivity.of(r)) {
      List<List<String>> rows = new ArrayList<>();
      for (Sensitivity.Point point : series.points()) {
        rows.add(
            List.of(
                point.value() + (point.usual() ? " *" : ""),
                Results.hundredths(r.sample(series.model(), point.column(), GAUC)),
                Results.hundredths(r.sample(series.model(), point.column(), AUC))));
      }
      rows.add(
          List.of(
              "raw",
              Results.hundredths(r.sample(series.model(), "Raw", GAUC)),
              Results.hundredths(r.sample(series.model(), "Raw", AUC))));
      tables.add(
          new Table(
              "Sensitivity to " + series.title() + ", " + Results.title(series.model()) + " + RAR",
              List.of(series.key(), "gAUC(%)", "AUC(%)"),
              rows,
              List.of("* the setting used where others vary")));
    }
    return tables;
  }

  private static Table selection(Results r) {
    List<List<String>> rows = new ArrayList<>();
    for (String model : r.models()) {
      for (String column : r.columns()) {
        String pool = column.substring(column.indexOf("pool="));
        double exact = r.sample(model, "exact " + pool, AUC).mean();
        double auc = r.sample(model, column, AUC).mean();
        boolean hashed = !column.startsWith("exact");
        double micros = r.sample(model, column, "selection.simHashMicrosPerRow").mean();
        double exactMicros = r.sample(model, column, "selection.exactMicrosPerRow").mean();
        rows.add(
            List.of(
                Results.title(model) + " " + column,
                hashed ? share(r.sample(model, column, "selection.itemOverlap").mean()) : "100%",
                hashed ? share(r.sample(model, column, "selection.userOverlap").mean()) : "100%",
                Results.hundredths(r.sample(model, column, AUC)),
                Double.isNaN(auc - exact)
                    ? "-"
                    : String.format(Locale.ROOT, "%+.2f", 100 * (auc - exact)),
                String.format(Locale.ROOT, "%.2f", hashed ? micros : exactMicros),
                hashed ? String.format(Locale.ROOT, "%.1f x", exactMicros / micros) : "1 x"));
      }
    }
    return new Table(
        "Selection: SimHash against exact nearest neighbours",
        List.of("Model", "items", "users", "AUC(%)", "vs. exact", "µs per row", "speed"),
        rows,
        List.of("items, users: share of the selected sets that exact selection has too."));
  }

  private static String share(double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.0f%%", 100 * value);
  }

  /** Which tables a folder's {@code experiment.json} asks for. */
  public static List<Table> of(CellStore store) {
    JsonObject about = store.about();
    return of(Json.text(about, "name"), new Results(store.all()));
  }
}

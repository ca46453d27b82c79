package org.recallrank.cli.report;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.recallrank.cli.experiment.Results;
import org.recallrank.cli.experiment.Sample;
import org.recallrank.cli.experiment.Sensitivity;
import org.recallrank.cli.experiment.Table;
import org.recallrank.model.files.Json;
import org.recallrank.pages.chart.Axis;
import org.recallrank.pages.chart.BarChart;
import org.recallrank.pages.chart.ChartStyle;
import org.recallrank.pages.chart.DotPlot;
import org.recallrank.pages.chart.XyChart;
import org.recallrank.pages.chart.XyChart.Level;
import org.recallrank.pages.chart.XyChart.Point;
import org.recallrank.pages.chart.XyChart.Series;

/** The charts of one study. */
final class Figures {
  private static final int RAW = 0;
  private static final int RAR = 3;

  private final Study study;
  private final Results results;
  private final String prefix;

  /**
   * @param prefix of the figures' ids
   */
  Figures(Study study, String prefix) {
    this.study = study;
    results = study.results();
    this.prefix = prefix;
  }

  /** A colour that a column keeps in every chart. */
  private int style(String column) {
    return switch (column.replace("+", "")) {
      case "Raw" -> RAW;
      case "FRNet", "RAR-user" -> 1;
      case "CIM", "CIM_short", "RAR-select" -> 2;
      case "RAR" -> RAR;
      case "CIM_long", "RAR-wght" -> 4;
      case "RAR-aux-wght" -> 5;
      default -> List.copyOf(results.columns()).indexOf(column) % ChartStyle.STYLES;
    };
  }

  /** Improvement over raw of each model, beside the paper's. */
  List<Figure> improvements(Paper paper, String data) {
    List<Figure> figures = new ArrayList<>();
    List<String> rows = results.models().stream().map(Results::title).toList();
    for (Paper.Figure f : Paper.Figure.values()) {
      String metric = f == Paper.Figure.AUC ? "AUC" : "gAUC";
      String figure = "test." + metric.toLowerCase(Locale.ROOT);
      List<DotPlot.Series> series = new ArrayList<>();
      double[] none = new double[rows.size()];
      int style = 0;
      for (String theirs : Paper.DATA) {
        if (data.isEmpty() || data.equals(theirs)) {
          double[] values =
              results.models().stream()
                  .mapToDouble(
                      m ->
                          100
                              * (paper.table2(theirs, m, "+RAR", f)
                                      / paper.table2(theirs, m, "Raw", f)
                                  - 1))
                  .toArray();
          series.add(new DotPlot.Series("paper, " + theirs, style, true, values, none));
        }
        style++;
      }
      double[] mean = new double[rows.size()];
      double[] spread = new double[rows.size()];
      for (int r = 0; r < rows.size(); r++) {
        Sample gains = gains(results.models().get(r), figure);
        mean[r] = gains.mean();
        spread[r] = gains.sd();
      }
      series.add(new DotPlot.Series("ours", RAR, false, mean, spread));
      String title = "RAR over raw in " + metric;
      figures.add(
          new Figure(
              prefix + "-gain-" + metric.toLowerCase(Locale.ROOT),
              title,
              "Mean over seeds; the line is one standard deviation to either side.",
              DotPlot.of(
                  title + ", per cent, by model",
                  "relative improvement, %",
                  rows,
                  "%+.2f %%",
                  series),
              numbers(title + " (%)", "Model", rows, series)));
    }
    return figures;
  }

  /** Relative improvements in per cent, seed by seed. */
  private Sample gains(String model, String figure) {
    Map<Long, double[]> bySeed = new TreeMap<>();
    for (JsonObject cell : results.cells()) {
      if (Json.text(cell, "model").equals(model)) {
        double[] both =
            bySeed.computeIfAbsent(
                cell.get("seed").getAsLong(), s -> new double[] {Double.NaN, Double.NaN});
        switch (Json.text(cell, "column")) {
          case "Raw" -> both[0] = Json.at(cell, figure);
          case "+RAR" -> both[1] = Json.at(cell, figure);
          default -> {}
        }
      }
    }
    return Sample.of(bySeed.values().stream().mapToDouble(b -> 100 * (b[1] / b[0] - 1)).toArray());
  }

  private static Table numbers(
      String title, String first, List<String> rows, List<DotPlot.Series> series) {
    List<String> header = new ArrayList<>(List.of(first));
    series.forEach(s -> header.add(s.name()));
    List<List<String>> lines = new ArrayList<>();
    for (int r = 0; r < rows.size(); r++) {
      List<String> line = new ArrayList<>(List.of(rows.get(r)));
      for (DotPlot.Series s : series) {
        line.add(number("%+.2f", s.values()[r]));
      }
      lines.add(line);
    }
    return new Table(title, header, lines, List.of());
  }

  private static String number(String form, double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, form, value);
  }

  /** Validation AUC by epoch, a chart per model. */
  List<Figure> learningCurves() {
    List<Figure> figures = new ArrayList<>();
    for (String model : results.models()) {
      List<Series> series = new ArrayList<>();
      List<List<String>> lines = new ArrayList<>();
      int most = 1;
      for (JsonObject cell : results.cells()) {
        if (!Json.text(cell, "model").equals(model) || epochs(cell).isEmpty()) {
          continue;
        }
        boolean single = study.is(Study.RUNS);
        String column = Json.text(cell, single ? "id" : "column");
        int style = single ? series.size() % ChartStyle.STYLES : style(column);
        List<Point> points = new ArrayList<>();
        List<String> aucs = new ArrayList<>();
        for (JsonElement e : epochs(cell)) {
          double epoch = Json.at(e.getAsJsonObject(), "epoch");
          double auc = Json.at(e.getAsJsonObject(), "auc");
          most = Math.max(most, (int) epoch);
          aucs.add(number("%.4f", auc));
          points.add(
              new Point(
                  epoch,
                  auc,
                  0,
                  "%s, seed %s, epoch %.0f: %.4f"
                      .formatted(column, Json.text(cell, "seed"), epoch, auc)));
        }
        series.add(new Series(column, style, true, points));
        lines.add(List.of(column, Json.text(cell, "seed"), String.join("  ", aucs)));
      }
      if (series.isEmpty()) {
        continue;
      }
      figures.add(
          new Figure(
              prefix + "-curve-" + model,
              Results.title(model),
              "",
              XyChart.of(
                  "Validation AUC of " + Results.title(model) + " by epoch",
                  Axis.linear("epoch", 1, most).withTicks(whole(most)),
                  Axis.linear("validation AUC", values(series)),
                  series,
                  List.of()),
              new Table(
                  "Validation AUC of " + Results.title(model),
                  List.of("Run", "seed", "AUC by epoch"),
                  lines,
                  List.of())));
    }
    return figures;
  }

  private static JsonArray epochs(JsonObject cell) {
    return cell.get("epochs") instanceof JsonArray a ? a : new JsonArray();
  }

  private static double[] whole(int most) {
    int step = Math.max(1, (most + 7) / 8);
    return IntStream.rangeClosed(1, most)
        .filter(i -> (i - 1) % step == 0)
        .mapToDouble(i -> i)
        .toArray();
  }

  private static double[] values(List<Series> series) {
    return series.stream()
        .flatMap(s -> s.points().stream())
        .flatMapToDouble(
            p ->
                p.spread() > 0
                    ? DoubleStream.of(p.y() - p.spread(), p.y() + p.spread())
                    : DoubleStream.of(p.y()))
        .toArray();
  }

  /** What the matching matrix learns: the exposure loss beside that of a constant. */
  List<Figure> exposureLoss() {
    List<Series> series = new ArrayList<>();
    int most = 1;
    for (JsonObject cell : results.cells()) {
      String column = Json.text(cell, "column");
      if (!column.equals("+RAR") && !column.equals("RAR")) {
        continue;
      }
      String model = Json.text(cell, "model");
      List<Point> points = new ArrayList<>();
      for (JsonElement e : epochs(cell)) {
        JsonObject epoch = e.getAsJsonObject();
        double ratio = Json.at(epoch, "auxiliary") / Json.at(epoch, "auxiliaryBaseline");
        double n = Json.at(epoch, "epoch");
        most = Math.max(most, (int) n);
        points.add(
            new Point(
                n, ratio, 0, "%s, epoch %.0f: %.3f".formatted(Results.title(model), n, ratio)));
      }
      if (points.stream().anyMatch(p -> Double.isFinite(p.y()))) {
        int style = results.models().indexOf(model) % ChartStyle.STYLES;
        series.add(new Series(Results.title(model), style, true, points));
      }
    }
    if (series.isEmpty()) {
      return List.of();
    }
    double[] all =
        DoubleStream.concat(DoubleStream.of(1), DoubleStream.of(values(series))).toArray();
    return List.of(
        new Figure(
            prefix + "-exposure",
            "Exposure loss of RAR",
            "Divided by the loss of the best constant: at 1 the matching matrix has learnt"
                + " nothing.",
            XyChart.of(
                "Exposure loss of RAR by epoch, divided by that of the best constant",
                Axis.linear("epoch", 1, most).withTicks(whole(most)),
                Axis.linear("loss / constant's loss", all),
                series,
                List.of(new Level("a constant", RAW, 1))),
            null));
  }

  /** A chart for each setting that was varied, for AUC and gAUC. */
  List<Figure> sensitivity() {
    List<Figure> figures = new ArrayList<>();
    for (Sensitivity.Series s : Sensitivity.of(results)) {
      for (String metric : List.of("AUC", "gAUC")) {
        figures.add(sensitivity(s, metric, "test." + metric.toLowerCase(Locale.ROOT)));
      }
    }
    return figures;
  }

  private Figure sensitivity(Sensitivity.Series s, String metric, String figure) {
    List<Point> points = new ArrayList<>();
    for (Sensitivity.Point p : s.points()) {
      Sample sample = results.sample(s.model(), p.column(), figure);
      points.add(
          new Point(
              p.number(),
              100 * sample.mean(),
              100 * sample.sd(),
              s.key() + "=" + p.value() + ": " + Results.hundredths(sample)));
    }
    List<Series> series = new ArrayList<>(List.of(new Series("RAR", RAR, true, points)));
    double raw = 100 * results.sample(s.model(), "Raw", figure).mean();
    List<Level> levels = Double.isNaN(raw) ? List.of() : List.of(new Level("raw", RAW, raw));
    double[] xs = s.points().stream().mapToDouble(Sensitivity.Point::number).toArray();
    Axis x =
        s.key().equals("rar_alpha")
            ? Axis.linear("alpha", xs)
            : Axis.logarithmic(s.title() + " (logarithmic)", xs);
    String title = s.title() + ": " + metric;
    return new Figure(
        prefix + "-" + s.model() + "-" + s.key() + "-" + metric.toLowerCase(Locale.ROOT),
        title,
        results.models().size() > 1 ? Results.title(s.model()) : "",
        XyChart.of(
            metric + " of " + Results.title(s.model()) + " with RAR by " + s.title(),
            x.withTicks(xs),
            Axis.linear(
                metric + ", %",
                DoubleStream.concat(DoubleStream.of(values(series)), DoubleStream.of(raw))
                    .toArray()),
            series,
            levels),
        null);
  }

  /** How much SimHash selects alike, how fast, and what that costs. */
  List<Figure> selection() {
    Map<Integer, List<double[]>> byPool = new TreeMap<>(); // bits, items, users, speed, micros, AUC
    Map<Integer, double[]> exact = new TreeMap<>(); // micros, AUC
    String model = results.models().get(0);
    for (String column : results.columns()) {
      int pool = (int) mean(model, column, "selection.poolItems");
      double auc = 100 * mean(model, column, "test.auc");
      double hashed = mean(model, column, "selection.simHashMicrosPerRow");
      double exactly = mean(model, column, "selection.exactMicrosPerRow");
      if (column.startsWith("exact")) {
        exact.put(pool, new double[] {exactly, auc});
      } else {
        byPool
            .computeIfAbsent(pool, p -> new ArrayList<>())
            .add(
                new double[] {
                  mean(model, column, "selection.bits"),
                  100 * mean(model, column, "selection.itemOverlap"),
                  100 * mean(model, column, "selection.userOverlap"),
                  exactly / hashed,
                  hashed,
                  auc
                });
      }
    }
    List<Figure> figures = new ArrayList<>();
    figures.add(byBits(byPool, 1, "overlap-items", "Recall items selected alike", "% of k_r"));
    figures.add(byBits(byPool, 2, "overlap-users", "Look-alikes selected alike", "% of k_l"));
    figures.add(byBits(byPool, 3, "speed", "Speed beside exact selection", "times as fast"));
    figures.add(tradeOff(byPool, exact));
    return figures;
  }

  private double mean(String model, String column, String figure) {
    return results.sample(model, column, figure).mean();
  }

  private Figure byBits(
      Map<Integer, List<double[]>> byPool, int value, String id, String title, String unit) {
    List<Series> series = new ArrayList<>();
    double[] bits =
        byPool.values().stream().flatMap(List::stream).mapToDouble(p -> p[0]).distinct().toArray();
    byPool.forEach(
        (pool, values) ->
            series.add(
                new Series(
                    "pool of " + pool,
                    (RAR + series.size()) % ChartStyle.STYLES,
                    true,
                    values.stream()
                        .map(
                            v ->
                                new Point(
                                    v[0],
                                    v[value],
                                    0,
                                    "%d bits, pool of %d: %.1f"
                                        .formatted((int) v[0], pool, v[value])))
                        .toList())));
    return new Figure(
        prefix + "-" + id,
        title,
        "",
        XyChart.of(
            title + " by bits of a signature, " + unit,
            Axis.logarithmic("bits (logarithmic)", bits).withTicks(bits),
            Axis.fromZero(unit, values(series)),
            series,
            List.of()),
        null);
  }

  private Figure tradeOff(Map<Integer, List<double[]>> byPool, Map<Integer, double[]> exact) {
    List<Series> series = new ArrayList<>();
    byPool.forEach(
        (pool, values) -> {
          double[] all = exact.get(pool);
          if (all == null) {
            return;
          }
          List<Point> points = new ArrayList<>();
          values.forEach(
              v ->
                  points.add(
                      new Point(
                          v[4],
                          v[5] - all[1],
                          0,
                          "%d bits, pool of %d: %+.2f points at %.2f µs"
                              .formatted((int) v[0], pool, v[5] - all[1], v[4]),
                          Integer.toString((int) v[0]))));
          points.add(new Point(all[0], 0, 0, "exact, pool of " + pool, "exact"));
          series.add(
              new Series(
                  "pool of " + pool, (RAR + series.size()) % ChartStyle.STYLES, false, points));
        });
    double[] micros =
        series.stream().flatMap(s -> s.points().stream()).mapToDouble(Point::x).toArray();
    double[] points =
        DoubleStream.concat(DoubleStream.of(0), DoubleStream.of(values(series))).toArray();
    return new Figure(
        prefix + "-trade-off",
        "What selection costs and brings",
        "Beside each point the bits of a signature.",
        XyChart.of(
            "AUC less that of exact selection by time per row",
            Axis.logarithmic("µs per row (logarithmic)", micros),
            Axis.linear("AUC points over exact", points),
            series,
            List.of(new Level("exact", RAW, 0))),
        null);
  }

  /** Training time beside the paper's, relative to CIM-short. */
  List<Figure> times(Paper paper) {
    List<Figure> figures = new ArrayList<>();
    List<String> columns = List.copyOf(results.columns());
    String[][] kinds = {
      {"secondsPerEpoch", "minutes", "Training time"},
      {"inferenceStepMillis", "stepMillis", "Inference step"}
    };
    for (String model : results.models()) {
      for (String[] kind : kinds) {
        double[] ours =
            columns.stream()
                .mapToDouble(c -> 1 + results.improvement(model, c, "CIM_short", kind[0]))
                .toArray();
        double[] theirs =
            columns.stream()
                .mapToDouble(c -> paper.table4(c, kind[1]) / paper.table4("CIM_short", kind[1]))
                .toArray();
        figures.add(
            new Figure(
                prefix + "-" + model + "-" + kind[1],
                kind[2] + ", CIM_short = 1",
                results.models().size() > 1 ? Results.title(model) : "",
                BarChart.of(
                    kind[2] + " relative to CIM_short, ours and the paper's",
                    "",
                    "relative time",
                    columns,
                    "%.2f",
                    List.of(
                        new BarChart.Series("ours", RAR, false, ours),
                        new BarChart.Series("paper", RAW, true, theirs))),
                null));
      }
    }
    return figures;
  }

  /** Time and memory by size. */
  List<Figure> scale() {
    List<Figure> figures = new ArrayList<>();
    scale(figures, "training", "microsPerRow", "users", "µs per row of training");
    scale(figures, "training", "heapMiB", "users", "heap in training, MiB");
    scale(figures, "selection", "millisPerQuery", "signatures in the pool", "ms per query");
    scale(figures, "selection", "heapMiB", "signatures in the pool", "heap in selection, MiB");
    return figures;
  }

  private void scale(List<Figure> figures, String what, String figure, String below, String title) {
    List<Point> points = new ArrayList<>();
    for (JsonObject cell : results.cells()) {
      if (Json.text(cell, "what").equals(what)) {
        double size = Json.at(cell, "size");
        double value = Json.at(cell, figure);
        points.add(
            new Point(
                size, value, 0, String.format(Locale.ROOT, "%,.0f %s: %,.3f", size, below, value)));
      }
    }
    if (points.isEmpty()) {
      return;
    }
    List<Series> series = List.of(new Series("", RAR, true, points));
    double[] sizes = points.stream().mapToDouble(Point::x).toArray();
    boolean perRow = figure.equals("microsPerRow");
    String capital = title.substring(0, 1).toUpperCase(Locale.ROOT) + title.substring(1);
    figures.add(
        new Figure(
            prefix + "-" + what + "-" + figure.toLowerCase(Locale.ROOT),
            capital.startsWith("µ") || capital.startsWith("Μ") ? title : capital,
            perRow ? "Flat is what should be: a row costs the same." : "",
            XyChart.of(
                title + " by " + below,
                Axis.logarithmic(below + " (logarithmic)", sizes).withTicks(sizes),
                perRow
                    ? Axis.fromZero(title, values(series))
                    : Axis.logarithmic(title, values(series)),
                series,
                List.of()),
            null));
  }

  /** What the paper's Figure 2 shows. */
  List<Figure> behaviour() {
    List<Figure> figures = new ArrayList<>();
    if (study.about().get("scarcity") instanceof JsonObject scarcity) {
      List<String> labels =
          scarcity.getAsJsonArray("labels").asList().stream()
              .map(JsonElement::getAsString)
              .toList();
      double[] shares = percent(scarcity);
      double perUser = Json.at(scarcity, "itemsPerUser");
      double items = Json.at(scarcity, "items");
      figures.add(
          new Figure(
              prefix + "-scarcity",
              "Scarcity",
              String.format(
                  Locale.ROOT,
                  "A user has clicked %.1f of %,.0f items on average: %.2g %%.",
                  perUser,
                  items,
                  100 * perUser / items),
              BarChart.of(
                  "Users by how many different items they have clicked, per cent",
                  "items clicked",
                  "% of users",
                  labels,
                  "%.0f",
                  List.of(new BarChart.Series("users", RAR, false, shares))),
              column("Users by items clicked", "items clicked", "% of users", labels, shares)));
    }
    if (study.about().get("homogeneity") instanceof JsonObject homogeneity) {
      double[] shares = percent(homogeneity);
      List<String> labels =
          IntStream.rangeClosed(1, shares.length).mapToObj(Integer::toString).toList();
      String field = Json.text(homogeneity, "field");
      figures.add(
          new Figure(
              prefix + "-homogeneity",
              "Homogeneity",
              String.format(
                  Locale.ROOT,
                  "Share of a user's clicks in its k largest of %,.0f values of %s (users with"
                      + " at least %.0f clicks).",
                  Json.at(homogeneity, "categories"),
                  field,
                  Json.at(homogeneity, "minClicks")),
              BarChart.of(
                  "Mean share of a user's clicks in its k largest categories, per cent",
                  "k",
                  "% of clicks",
                  labels,
                  "%.0f",
                  List.of(new BarChart.Series("clicks", 2, false, shares))),
              column("Clicks in the k largest of " + field, "k", "% of clicks", labels, shares)));
    }
    return figures;
  }

  private static double[] percent(JsonObject statistics) {
    return statistics.getAsJsonArray("shares").asList().stream()
        .mapToDouble(s -> 100 * s.getAsDouble())
        .toArray();
  }

  private static Table column(
      String title, String first, String second, List<String> labels, double[] values) {
    List<List<String>> rows = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      rows.add(List.of(labels.get(i), number("%.2f", values[i])));
    }
    return new Table(title, List.of(first, second), rows, List.of());
  }
}

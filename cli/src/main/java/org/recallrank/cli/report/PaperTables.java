package org.recallrank.cli.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.recallrank.cli.experiment.Plan;
import org.recallrank.cli.experiment.Results;
import org.recallrank.cli.experiment.Sample;
import org.recallrank.cli.report.Paper.Figure;

/**
 * Tables 2 to 4 in the paper's layout: ours, and below each of our numbers the paper's and the
 * difference.
 */
final class PaperTables {

  private final Paper paper;
  private final String data;
  private final Results results;
  private final String[] metrics;
  private final StringBuilder html = new StringBuilder();

  /**
   * @param data the paper's data set to compare with, or empty
   * @param rows whose metrics: "test", or "testBySession" for CIM's definition
   */
  PaperTables(Paper paper, String data, Results results, String rows) {
    this.paper = paper;
    this.data = data;
    this.results = results;
    metrics = new String[] {rows + ".gauc", rows + ".auc"};
  }

  String table2(String caption) {
    List<String> columns = List.copyOf(results.columns());
    open(caption, "Model", columns);
    for (String model : results.models()) {
      row(Results.title(model));
      for (String column : columns) {
        for (Figure f : Figure.values()) {
          Sample ours = results.sample(model, column, metrics[f.ordinal()]);
          cell(
              value(ours),
              paper.table2(data, model, column, f),
              100 * ours.mean(),
              "",
              rank(
                  ours.mean(),
                  results.models().stream()
                      .map(m -> results.sample(m, column, metrics[f.ordinal()]).mean())
                      .toList()));
        }
      }
    }
    row("Best RelImp");
    for (String column : columns) {
      for (Figure f : Figure.values()) {
        double ours = results.improvement(column, metrics[f.ordinal()], Math::max);
        if (column.equals("Raw")) {
          cell("0%", Double.NaN, Double.NaN, "%", "");
          continue;
        }
        cell(Results.percent(ours), paper.bestImprovement(data, column, f), 100 * ours, "%", "");
      }
    }
    return close(caption);
  }

  String table3(String caption) {
    List<String> models = new ArrayList<>(Plan.ABLATED);
    models.retainAll(results.models());
    results.models().stream().filter(m -> !models.contains(m)).forEach(models::add);
    List<String> groups = new ArrayList<>(models.stream().map(Results::title).toList());
    groups.add("Average RelImp");
    open(caption, "Variant", groups);
    List<String> columns = List.copyOf(results.columns());
    boolean same = data.equals(Paper.ABLATED);
    for (String column : columns) {
      row(column);
      for (String model : models) {
        for (Figure f : Figure.values()) {
          Sample ours = results.sample(model, column, metrics[f.ordinal()]);
          cell(
              value(ours),
              paper.table3(column, model, f),
              same ? 100 * ours.mean() : Double.NaN,
              "",
              rank(
                  ours.mean(),
                  columns.stream()
                      .map(c -> results.sample(model, c, metrics[f.ordinal()]).mean())
                      .toList()));
        }
      }
      for (Figure f : Figure.values()) {
        double ours = results.meanImprovement(column, metrics[f.ordinal()]);
        if (column.equals("Raw")) {
          cell("0%", Double.NaN, Double.NaN, "%", "");
          continue;
        }
        cell(Results.percent(ours), paper.averageImprovement(column, f), 100 * ours, "%", "");
      }
    }
    return close(caption);
  }

  String table4(String caption) {
    html.append("<table class=\"paper times\">\n<caption><span>").append(Html.escape(caption));
    html.append("</span></caption>\n<thead><tr>");
    for (String name :
        List.of("Model", "Training time", "Rel.Inc", "Time per inference step", "Rel.Inc")) {
      html.append("<th scope=\"col\">").append(name).append("</th>");
    }
    html.append("</tr></thead>\n<tbody>\n");
    for (String model : results.models()) {
      for (String column : results.columns()) {
        row(results.models().size() == 1 ? column : Results.title(model) + " " + column);
        time(model, column, "secondsPerEpoch", "%.2f s per epoch", "minutes", "~%s min", "relInc");
        time(model, column, "inferenceStepMillis", "%.2f ms", "stepMillis", "~%s ms", "stepRelInc");
      }
    }
    return close(caption);
  }

  private void time(
      String model,
      String column,
      String figure,
      String form,
      String theirTime,
      String theirForm,
      String theirIncrease) {
    double ours = results.sample(model, column, figure).mean();
    double theirs = paper.table4(column, theirTime);
    html.append("<td>").append(format(form, ours));
    if (!Double.isNaN(theirs)) {
      html.append("<small class=\"theirs\">")
          .append(theirForm.formatted(Double.toString(theirs).replaceFirst("\\.0$", "")))
          .append("</small>");
    }
    html.append("</td>");
    double increase = results.improvement(model, column, "CIM_short", figure);
    cell(
        Double.isNaN(increase) ? "-" : format("%.0f%%", 100 * increase),
        paper.table4(column, theirIncrease),
        100 * increase,
        "%",
        "");
  }

  private static String format(String form, double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, form, value);
  }

  private void open(String caption, String first, List<String> groups) {
    html.append("<table class=\"paper\">\n<caption><span>").append(Html.escape(caption));
    html.append("</span></caption>\n<thead>\n<tr><th scope=\"col\" rowspan=\"2\">")
        .append(first)
        .append("</th>");
    for (String group : groups) {
      html.append("<th scope=\"colgroup\" colspan=\"2\">")
          .append(Html.escape(group))
          .append("</th>");
    }
    html.append("</tr>\n<tr>");
    for (int i = 0; i < groups.size(); i++) {
      html.append("<th scope=\"col\">gAUC(%)</th><th scope=\"col\">AUC(%)</th>");
    }
    html.append("</tr>\n</thead>\n<tbody>");
  }

  private void row(String name) {
    html.append(html.charAt(html.length() - 2) == 'd' ? "</tr>\n" : "\n")
        .append("<tr><th scope=\"row\">")
        .append(Html.escape(name))
        .append("</th>");
  }

  private String close(String caption) {
    html.append("</tr>\n</tbody>\n</table>\n");
    return Html.scroll(caption, html.toString());
  }

  /**
   * A number of ours with the paper's below it.
   *
   * @param comparable ours in the paper's unit, NaN where a difference would say nothing
   */
  private void cell(String ours, double theirs, double comparable, String unit, String style) {
    html.append(style.isEmpty() ? "<td>" : "<td class=\"" + style + "\">")
        .append("<span class=\"ours\">")
        .append(Html.escape(ours))
        .append("</span>");
    if (!Double.isNaN(theirs)) {
      boolean percent = !unit.isEmpty();
      html.append("<small class=\"theirs\">")
          .append(String.format(Locale.ROOT, percent ? "%.1f" : "%.2f", theirs))
          .append(unit);
      if (!Double.isNaN(comparable)) {
        double difference = comparable - theirs;
        html.append(" <b class=\"")
            .append(difference < 0 ? "down" : "up")
            .append("\">")
            .append(String.format(Locale.ROOT, percent ? "%+.1f" : "%+.2f", difference))
            .append("</b>");
      }
      html.append("</small>");
    }
    html.append("</td>");
  }

  private static String value(Sample s) {
    return Results.hundredths(s);
  }

  /** The paper's marks: bold for the best of a column, underlined for the second. */
  private static String rank(double value, List<Double> all) {
    List<Double> sorted =
        all.stream().filter(v -> !v.isNaN()).sorted(Comparator.reverseOrder()).toList();
    if (sorted.size() < 3 || Double.isNaN(value)) {
      return "";
    }
    return value == sorted.get(0) ? "best" : value == sorted.get(1) ? "second" : "";
  }
}

package org.recallrank.cli.report;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.recallrank.cli.experiment.Results;
import org.recallrank.cli.experiment.Sample;
import org.recallrank.cli.experiment.Table;
import org.recallrank.cli.experiment.Tables;
import org.recallrank.model.files.Json;
import org.recallrank.pages.chart.ChartStyle;

/** One self-contained page about experiments and runs. It needs no network and no script. */
public final class ReportPage {
  private static final String COMPARED =
      "Below each of our numbers: the paper's%s. Bold is the best of a column, underlined the"
          + " second.";

  private static final String BY_SESSION = "testBySession";

  private final List<Study> studies;
  private final String beside;
  private final Map<String, String> itemNames;
  private final Paper paper = Paper.read();
  private final List<Figure> figures = new ArrayList<>();
  private final Map<String, String> sections = new LinkedHashMap<>(); // titles by id
  private final StringBuilder body = new StringBuilder();

  /**
   * Lays out the page.
   *
   * @param beside the paper's data set to compare with; empty for that which a study's format says
   * @param itemNames by the items' ids in the data
   */
  public ReportPage(List<Study> studies, String beside, Map<String, String> itemNames) {
    this.studies = studies;
    this.beside = beside;
    this.itemNames = itemNames;
    glance();
    table2();
    table3();
    table4();
    ofKind(
        "sensitivity",
        "Sensitivity",
        "One setting is varied at a time around the usual ones; the dashed line is the model"
            + " without RAR. Lines at the points are one standard deviation to either side.");
    ofKind(
        "selection",
        "Selection",
        "SimHash stands in for the exact nearest neighbours: how much of the same it selects, how"
            + " fast, and what becomes of the AUC.");
    matching();
    curves();
    ofKind("scale", "Scale", "Time and memory as users and pool grow tenfold.");
    tuning();
    statistics();
  }

  /** The page. */
  public String html() {
    StringBuilder nav = new StringBuilder();
    sections.forEach(
        (id, title) ->
            nav.append("<li><a href=\"#")
                .append(id)
                .append("\">")
                .append(Html.escape(title.split(":")[0]))
                .append("</a></li>\n"));
    return resource("page.html")
        .replace("{{charts}}", ChartStyle.sheet())
        .replace("{{nav}}", nav)
        .replace("{{body}}", body);
  }

  /** Every chart as a file of its own, by file name. */
  public Map<String, String> charts() {
    Map<String, String> files = new LinkedHashMap<>();
    figures.forEach(f -> files.put(f.id() + ".svg", f.picture().file()));
    return files;
  }

  private static String resource(String name) {
    try (InputStream in = ReportPage.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void section(String id, String title, String lead) {
    if (sections.put(id, title) != null) {
      return;
    }
    body.append("<h2 id=\"").append(id).append("\">").append(Html.escape(title)).append("</h2>\n");
    if (!lead.isEmpty()) {
      body.append("<p>").append(Html.escape(lead)).append("</p>\n");
    }
  }

  private void subtitle(String title) {
    body.append("<h3>").append(Html.escape(title)).append("</h3>\n");
  }

  private void charts(List<Figure> some) {
    if (!some.isEmpty()) {
      figures.addAll(some);
      body.append(Html.grid(some));
    }
  }

  private Figures figuresOf(Study study) {
    return new Figures(study, study.name() + "-" + (studies.indexOf(study) + 1));
  }

  private String paperData(Study study) {
    return beside.isEmpty() ? study.paperData() : beside;
  }

  private List<Study> all(String name) {
    return studies.stream().filter(s -> s.is(name)).toList();
  }

  /** RAR against raw wherever both were trained on the same seeds. */
  private void glance() {
    section("glance", "At a glance", "");
    List<List<String>> rows = new ArrayList<>();
    for (Study study : all("table2")) {
      Results r = study.results();
      if (!r.columns().containsAll(Set.of("Raw", "+RAR"))) {
        continue;
      }
      double[] auc = differences(r, "test.auc");
      double[] gauc = differences(r, "test.gauc");
      long better =
          r.models().stream()
              .filter(m -> isClear(r.paired(m, "+RAR", "Raw", "test.auc"), 1))
              .count();
      long worse =
          r.models().stream()
              .filter(m -> isClear(r.paired(m, "+RAR", "Raw", "test.auc"), -1))
              .count();
      rows.add(
          List.of(
              study.data(),
              Integer.toString(r.models().size()),
              Integer.toString(seeds(r)),
              points(Sample.of(auc).mean()),
              points(Sample.of(gauc).mean()),
              seeds(r) < 2 ? "-" : better + " better, " + worse + " worse"));
    }
    if (!rows.isEmpty()) {
      body.append(
          Html.table(
              new Table(
                  "RAR against raw on test rows, mean over models",
                  List.of("Data", "models", "seeds", "AUC points", "gAUC points", "clear in AUC"),
                  rows,
                  List.of(
                      "A point is 0.01 of AUC. Clear: p < 0.05 in a paired t test over seeds, which"
                          + " with few seeds only large differences reach."))));
    }
    List<List<String>> contents = new ArrayList<>();
    for (Study study : studies) {
      contents.add(
          List.of(
              study.name(),
              study.is("scale") ? "Generated worlds" : study.data(),
              Integer.toString(study.results().cells().size()),
              machine(study)));
    }
    body.append(
        Html.table(
            new Table(
                "What this report is made from",
                List.of("Experiment", "data", "cells", "kernels and threads"),
                contents,
                List.of())));
  }

  private static String machine(Study study) {
    Set<String> machines = new TreeSet<>();
    for (JsonObject cell : study.results().cells()) {
      String kernels = Json.text(cell, "kernels");
      if (!kernels.isEmpty()) {
        String threads = Json.text(cell, "threads");
        machines.add(kernels + (threads.isEmpty() ? "" : ", " + threads));
      }
    }
    return machines.isEmpty() ? "-" : String.join("; ", machines);
  }

  private static double[] differences(Results r, String figure) {
    return r.models().stream()
        .mapToDouble(m -> r.paired(m, "+RAR", "Raw", figure).difference())
        .toArray();
  }

  private static boolean isClear(Sample.Paired test, int sign) {
    return test.p() < 0.05 && Math.signum(test.difference()) == sign;
  }

  private static int seeds(Results r) {
    return (int) r.cells().stream().map(c -> Json.text(c, "seed")).distinct().count();
  }

  private static String points(double share) {
    return Double.isNaN(share) ? "-" : String.format(Locale.ROOT, "%+.2f", 100 * share);
  }

  private void table2() {
    for (Study study : all("table2")) {
      String data = paperData(study);
      section(
          "table2",
          "Table 2: models with and without RAR",
          "Eight models as they are, and with FRNet, CIM and RAR, on test rows.");
      subtitle(study.data());
      if (!data.isEmpty()) {
        body.append("<p class=\"note\">")
            .append(COMPARED.formatted(" on " + data + ", and the difference"))
            .append("</p>\n");
      }
      for (String rows : definitions(study)) {
        body.append(
            new PaperTables(paper, data, study.results(), rows)
                .table2("Table 2 on " + study.data() + seedsNote(study) + named(rows)));
      }
      if (study.results().columns().containsAll(Set.of("Raw", "+RAR"))) {
        charts(figuresOf(study).improvements(paper, data));
        body.append(Html.table(Tables.tests(study.results())));
      }
    }
  }

  /** Metrics by user, and by session where there are sessions. */
  private static List<String> definitions(Study study) {
    return study.results().cells().stream().anyMatch(c -> c.has(BY_SESSION))
        ? List.of("test", BY_SESSION)
        : List.of("test");
  }

  private static String named(String rows) {
    return rows.equals(BY_SESSION)
        ? "; grouped by session as CIM does, sessions of one class left out"
        : "";
  }

  private static String seedsNote(Study study) {
    int seeds = seeds(study.results());
    return seeds == 1 ? " (one seed)" : " (mean ± standard deviation of " + seeds + " seeds)";
  }

  private void table3() {
    for (Study study : all("table3")) {
      section(
          "table3",
          "Table 3: what RAR consists of",
          "RAR without look-alikes (user), without selection (select), without co-interaction"
              + " (aux-wght), without weights (wght).");
      subtitle(study.data());
      boolean same = paperData(study).equals(Paper.ABLATED);
      body.append("<p class=\"note\">")
          .append(
              COMPARED.formatted(
                  " on "
                      + Paper.ABLATED
                      + (same
                          ? ", and the difference"
                          : ", and for improvements the difference (levels of other data do not"
                              + " compare)")))
          .append("</p>\n");
      for (String rows : definitions(study)) {
        body.append(
            new PaperTables(paper, paperData(study), study.results(), rows)
                .table3("Table 3 on " + study.data() + seedsNote(study) + named(rows)));
      }
    }
  }

  private void table4() {
    for (Study study : all("table4")) {
      section(
          "table4",
          "Table 4: wall time",
          "Medians over the epochs of a run; a step is one batch. The paper's are of CandiCTR-Pub"
              + " and other hardware, so compare ratios.");
      subtitle(study.data());
      body.append(
          new PaperTables(paper, Paper.ABLATED, study.results(), "test")
              .table4("Table 4 on " + study.data()));
      charts(figuresOf(study).times(paper));
    }
  }

  /** An experiment that has charts, and tables as on the console. */
  private void ofKind(String name, String title, String lead) {
    for (Study study : all(name)) {
      section(name, title, lead);
      if (!study.is("scale")) {
        subtitle(study.data());
      }
      Figures f = figuresOf(study);
      charts(
          switch (name) {
            case "sensitivity" -> f.sensitivity();
            case "selection" -> f.selection();
            default -> f.scale();
          });
      body.append("<details><summary>Numbers</summary>\n");
      Tables.of(name, study.results()).forEach(t -> body.append(Html.table(t)));
      body.append("</details>\n");
    }
  }

  private void matching() {
    Set<String> shown = new HashSet<>();
    for (Study study : studies) {
      HeatMaps.of(study, itemNames)
          .filter(maps -> shown.add(study.data()) || study.is(Study.RUNS))
          .ifPresent(
              maps -> {
                section(
                    "matching",
                    "Matching matrices",
                    "How well each selected look-alike user (row) matches each selected recall item"
                        + " (column), for some test rows: M of Eq. 6. Row means weigh the users,"
                        + " column means the items. The scale spans each matrix' own range.");
                subtitle(study.data() + ": " + maps.model());
                charts(maps.figures("study-" + (studies.indexOf(study) + 1)));
              });
    }
  }

  private void curves() {
    for (Study study : studies) {
      if (study.is("sensitivity")
          || study.is("selection")
          || study.is("scale")
          || study.is("tune")) {
        continue;
      }
      Figures f = figuresOf(study);
      List<Figure> curves = new ArrayList<>(f.learningCurves());
      if (curves.isEmpty()) {
        continue;
      }
      curves.addAll(f.exposureLoss());
      section(
          "curves",
          "Learning curves",
          "AUC on validation rows after each epoch, a line per seed. The best epoch's weights are"
              + " the ones tested.");
      subtitle((study.is(Study.RUNS) ? "Single runs" : study.name()) + ", " + study.data());
      if (study.is(Study.RUNS)) {
        body.append(runs(study));
      }
      charts(curves);
    }
  }

  private static String runs(Study study) {
    List<List<String>> rows = new ArrayList<>();
    for (JsonObject run : study.results().cells()) {
      rows.add(
          List.of(
              Json.text(run, "id"),
              Results.title(Json.text(run, "model")) + " " + Json.text(run, "column"),
              Json.text(run, "seed"),
              four(run, "valid.auc"),
              four(run, "test.auc"),
              four(run, "test.gauc")));
    }
    return Html.table(
        new Table(
            "Single runs on " + study.data(),
            List.of("Run", "model", "seed", "valid AUC", "test AUC", "test gAUC"),
            rows,
            List.of()));
  }

  private static String four(JsonObject run, String figure) {
    double value = Json.at(run, figure);
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.4f", value);
  }

  private void tuning() {
    for (Study study : all("tune")) {
      section("tune", "Tuning", "Trials of the search on validation rows; test rows are not used.");
      subtitle(study.data());
      List<List<String>> rows = new ArrayList<>();
      for (JsonObject cell : study.results().cells()) {
        rows.add(List.of(Json.text(cell, "id"), four(cell, "valid.auc"), four(cell, "valid.gauc")));
      }
      body.append(
          Html.table(new Table("Trials", List.of("Trial", "AUC", "gAUC"), rows, List.of())));
    }
  }

  /** Once per data set, however many experiments used it. */
  private void statistics() {
    Set<String> shown = new HashSet<>();
    for (Study study : studies) {
      if (!(study.about().get("fields") instanceof JsonArray fields) || !shown.add(study.data())) {
        continue;
      }
      section(
          "data",
          "The data",
          "As the paper's Figure 2 does for Taobao: how few of all items a user has clicked"
              + " (scarcity), and how much of a user's activity lies in few categories"
              + " (homogeneity). Clicks of the training rows.");
      subtitle(study.data());
      charts(figuresOf(study).behaviour());
      List<List<String>> rows = new ArrayList<>();
      for (JsonElement element : fields) {
        JsonObject field = element.getAsJsonObject();
        rows.add(
            List.of(
                Json.text(field, "name"),
                Json.text(field, "role"),
                String.format(Locale.ROOT, "%,.0f", Json.at(field, "values"))));
      }
      body.append(
          Html.table(
              new Table(
                  String.format(
                      Locale.ROOT,
                      "Fields; %,.0f training, %,.0f validation, %,.0f test rows",
                      study.rows("train"),
                      study.rows("valid"),
                      study.rows("test")),
                  List.of("Field", "role", "values"),
                  rows,
                  List.of())));
    }
  }
}

package org.recallrank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.recallrank.process.Browser;

/** The report of small experiments, as a browser shows it. */
class ReportTest {
  @TempDir private static Path folder;
  private static Path page;

  /**
   * Looks at the page from inside: each chart's marks and boxes, and what is wider than the window.
   */
  private static final String INSPECTION =
      """
      <script>
      const seen = {width: innerWidth, scrollWidth: document.scrollingElement.scrollWidth};
      seen.charts = [...document.querySelectorAll('svg.chart')].map(svg => {
        const box = svg.getBoundingClientRect();
        const inside = [...svg.querySelectorAll('path, circle, rect, line')].map(
            e => e.getBoundingClientRect());
        const texts = [...svg.querySelectorAll('text')].map(t => t.getBoundingClientRect());
        return {
          name: svg.closest('figure').id,
          width: box.width,
          height: box.height,
          marks: svg.querySelectorAll('.mark, .bar, .cell').length,
          empty: [...svg.querySelectorAll('.mark, .cell, path')].filter(
              e => e.getBoundingClientRect().width <= 0).length,
          outside: inside.concat(texts).filter(b => b.width + b.height > 0 &&
              (b.left < box.left - 1 || b.right > box.right + 1 || b.top < box.top - 1 ||
               b.bottom > box.bottom + 1)).length,
          color: getComputedStyle(svg.querySelector('text')).fill
        };
      });
      seen.wide = [...document.querySelectorAll('main > *, figure, .charts, header *')]
          .filter(e => e.getBoundingClientRect().right > innerWidth + 1)
          .map(e => e.tagName + ' ' + e.className);
      seen.requests = performance.getEntriesByType('resource').length;
      const out = parent.document.createElement('pre');
      out.id = 'findings';
      out.textContent = JSON.stringify(seen);
      parent.document.body.replaceChildren(out);
      </script>
      """;

  @BeforeAll
  static void makeReport() {
    String[] world = {
      "--format=world",
      "--rows=4000",
      "--cache=" + folder.resolve("cache"),
      "--models=dcnv2",
      "--epochs=2",
      "--set=batch_size=512",
      "--set=pool_items=25",
      "--set=pool_users=12",
      "--set=dssm_epochs=1",
      "--set=parallel_dnn_hidden_units=16",
      "--warm-up=0.1",
      "--quiet"
    };
    List<String> report = new ArrayList<>(List.of("report"));
    for (String name : List.of("table2", "table3", "table4", "sensitivity", "selection")) {
      Path out = folder.resolve(name);
      run(
          Stream.concat(
                  Stream.of(
                      "experiment",
                      name,
                      "--seeds=" + (name.equals("table2") ? "1,2" : "1"),
                      "--out=" + out),
                  Stream.of(world))
              .toArray(String[]::new));
      report.add(out.toString());
    }
    run(
        "experiment",
        "scale",
        "--max-users=10000",
        "--max-pool=100000",
        "--quiet",
        "--cache=" + folder.resolve("cache"),
        "--out=" + folder.resolve("scale"));
    report.add(folder.resolve("scale").toString());
    run(
        "train",
        "--format=world",
        "--rows=4000",
        "--cache=" + folder.resolve("cache"),
        "--model=dcnv2",
        "--epochs=2",
        "--quiet",
        "--out=" + folder.resolve("run"));
    report.add(folder.resolve("run").toString());
    page = folder.resolve("report.html");
    report.addAll(
        List.of("--out=" + page, "--charts=" + folder.resolve("charts"), "--beside=KKBox"));
    run(report.toArray(String[]::new));
  }

  private static void run(String... command) {
    CommandLineRun run = CommandLineRun.of(command);
    assertThat(run.exitCode()).as(String.join(" ", command) + "\n" + run.err()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {1280, 390})
  void everyChartIsDrawnAndNothingOverflows(int width) throws IOException {
    JsonObject seen = inspect(width);
    assertThat(seen.get("width").getAsInt()).isEqualTo(width);
    assertThat(seen.get("scrollWidth").getAsInt()).isLessThanOrEqualTo(width);
    assertThat(seen.getAsJsonArray("wide")).as("wider than the window").isEmpty();
    assertThat(seen.get("requests").getAsInt()).as("files loaded besides the page").isZero();
    JsonArray charts = seen.getAsJsonArray("charts");
    assertThat(charts).hasSizeGreaterThan(20);
    for (JsonElement element : charts) {
      JsonObject chart = element.getAsJsonObject();
      assertThat(chart.get("width").getAsDouble()).as(chart.toString()).isGreaterThan(200);
      assertThat(chart.get("height").getAsDouble()).as(chart.toString()).isGreaterThan(60);
      assertThat(chart.get("marks").getAsInt()).as(chart.toString()).isPositive();
      assertThat(chart.get("empty").getAsInt()).as(chart.toString()).isZero();
      assertThat(chart.get("outside").getAsInt()).as(chart.toString()).isZero();
    }
  }

  private static JsonObject inspect(int width) throws IOException {
    String inspected = Files.readString(page).replace("</body>", INSPECTION + "</body>");
    Path frame = folder.resolve("frame-" + width + ".html"); // a window is 500 wide at least
    Files.writeString(
        frame,
        "<!DOCTYPE html><meta charset=utf-8><body style='margin: 0'>"
            + "<iframe style='border: 0; width: %dpx; height: 900px' srcdoc=\"%s\"></iframe>"
                .formatted(width, inspected.replace("&", "&amp;").replace("\"", "&quot;")));
    String dom = Browser.dom(frame, Math.max(width, 500), 900, folder);
    assertThat(dom).contains("<pre id=\"findings\">");
    String findings =
        dom.replaceAll("(?s).*<pre id=\"findings\">(.*?)</pre>.*", "$1").replace("&gt;", ">");
    return JsonParser.parseString(findings).getAsJsonObject();
  }

  @Test
  void tablesHaveThePapersNumbersBesideOurs() throws IOException {
    String html = Files.readString(page);
    assertThat(html)
        .contains("<th scope=\"col\"", "<th scope=\"row\"", "<caption>", "Best RelImp")
        .contains("<small class=\"theirs\">86.49 <b class=\"down\">") // DCN-V2 + RAR on KKBox
        .contains("3.1% <b class=") // RAR's average improvement of Table 3
        .contains("~14.5 min")
        .contains("RAR against raw, paired by seed");
    JsonObject cell =
        JsonParser.parseString(
                Files.readString(folder.resolve("table3/cells/dcnv2-rar-seed1.json")))
            .getAsJsonObject();
    double auc = 100 * cell.getAsJsonObject("test").get("auc").getAsDouble();
    assertThat(html).contains("<span class=\"ours\">%.2f</span>".formatted(auc));
    JsonObject example = cell.getAsJsonArray("matching").get(0).getAsJsonObject();
    assertThat(html).contains("user " + example.getAsJsonArray("lookAlikes").get(0).getAsString());
  }

  @Test
  void chartsStandAloneToo() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("charts"))) {
      List<Path> charts = files.toList();
      assertThat(charts).hasSizeGreaterThan(20);
      for (Path chart : charts) {
        assertThat(chart)
            .content()
            .startsWith("<?xml")
            .contains("prefers-color-scheme", "role=\"img\" aria-label=\"")
            .endsWith("</svg>\n");
      }
    }
  }

  @Test
  void runsOnOtherDataAreSetApart() throws IOException {
    Path other = folder.resolve("other-data");
    run(
        "train",
        "--format=world",
        "--rows=3000",
        "--split-seed=7",
        "--cache=" + folder.resolve("cache"),
        "--model=dcnv2",
        "--set=parallel_dnn_hidden_units=16",
        "--epochs=1",
        "--quiet",
        "--out=" + other);
    Path html = folder.resolve("runs.html");
    run(
        "report",
        folder.resolve("run").toString(),
        other.toString(),
        folder.resolve("table3/cells/dcnv2-rar-seed1.json").toString(), // on the data of run
        "--out=" + html);
    String text = Files.readString(html);
    assertThat(text).contains("Single runs on Generated world, 4,000 rows<");
    assertThat(text).contains("Single runs on Generated world, 3,000 rows, split-seed 7<");
    assertThat(text.split("<h3>Single runs, ")).hasSize(1 + 2);
  }

  /** Of the same name and size, but not the same; and with pools of a recall stage or without. */
  @Test
  void otherDataOfTheSameNameAreSetApart() throws IOException {
    Path run = folder.resolve("run");
    String metrics = Files.readString(run.resolve("metrics.json"));
    String data = JsonParser.parseString(metrics).getAsJsonObject().get("data").getAsString();
    Path other = folder.resolve("namesake");
    Path pools = folder.resolve("pools");
    for (Path copy : List.of(other, pools)) {
      Files.createDirectory(copy);
      Files.copy(run.resolve("log.csv"), copy.resolve("log.csv"));
    }
    Files.writeString(other.resolve("metrics.json"), metrics.replace(data, "0badcafe"));
    Files.writeString(pools.resolve("metrics.json"), metrics.replace(data, data + ", pools 1"));
    Path html = folder.resolve("namesakes.html");
    run("report", run.toString(), other.toString(), pools.toString(), "--out=" + html);
    String text = Files.readString(html);
    assertThat(text.split("<h3>Single runs, ")).hasSize(1 + 2);
    assertThat(text).contains("<h3>Single runs, Generated world, 4,000 rows (0badcafe)</h3>");
  }

  @Test
  void aCellByItselfAndWrongInputs() {
    Path cell = folder.resolve("table3/cells/dcnv2-rar-seed1.json");
    run("report", cell.toString(), "--out=" + folder.resolve("cell.html"));
    assertThat(folder.resolve("cell.html")).content().contains("Matching matrices", "Single runs");
    CommandLineRun nothing = CommandLineRun.of("report", folder.resolve("cache").toString());
    assertThat(nothing.exitCode()).isEqualTo(2);
    assertThat(nothing.err()).contains("cache: expected the folder of an experiment");
    CommandLineRun beside = CommandLineRun.of("report", cell.toString(), "--beside=KKbox");
    assertThat(beside.exitCode()).isEqualTo(2);
    assertThat(beside.err()).contains("KKBox, Movielens, CandiCTR-Pub");
  }
}

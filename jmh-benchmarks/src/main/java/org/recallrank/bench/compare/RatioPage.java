package org.recallrank.bench.compare;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.recallrank.bench.ceilings.Ceilings;
import org.recallrank.pages.chart.Xml;

/** {@code index.html}: one page that needs no other file. */
final class RatioPage {
  private static final String TEMPLATE = "page.html";

  /** The picture of a ratio is logarithmic from 1/{@value} to {@value}. */
  private static final double WIDEST = 16;

  private RatioPage() {}

  static String of(Report report) {
    return template()
        .replace("{{machine}}", machine(report))
        .replace("{{tables}}", tables(report))
        .replace("{{rooflines}}", rooflines(report));
  }

  private static String template() {
    try (InputStream page = RatioPage.class.getResourceAsStream(TEMPLATE)) {
      return new String(page.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String machine(Report report) {
    Machine m = report.machine();
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("Processor", m.cpu() + ", " + m.processors() + " processors");
    facts.put("System", m.system());
    facts.put("JVM", m.jvm());
    facts.put("Ours", m.kernels());
    facts.put("Measured", m.measuredAt());
    facts.put(
        "Effort",
        "%s s warm-up of each side, %d rounds of %s s a side"
            .formatted(
                HumanNumbers.digits(report.effort().warmUpSeconds()),
                report.effort().rounds(),
                HumanNumbers.digits(report.effort().roundSeconds())));
    for (Ceilings c : report.ceilings()) {
      facts.put(
          "Ceilings, " + threads(c.threads()),
          "FMA %s, L2 reads %s, memory %s (c = a + c) and %s (c = a + b)"
              .formatted(
                  HumanNumbers.prefixed(c.flops(), "FLOP/s"),
                  HumanNumbers.prefixed(c.l2(), "B/s"),
                  HumanNumbers.prefixed(c.update(), "B/s"),
                  HumanNumbers.prefixed(c.copyAdd(), "B/s")));
    }
    StringBuilder html = new StringBuilder();
    facts.forEach(
        (name, value) ->
            html.append("<dt>")
                .append(Xml.escape(name))
                .append("</dt><dd>")
                .append(Xml.escape(value))
                .append("</dd>\n"));
    return html.toString();
  }

  private static String threads(int threads) {
    return threads + (threads == 1 ? " thread" : " threads");
  }

  private static String tables(Report report) {
    Map<String, List<Row>> groups = new LinkedHashMap<>();
    for (Row row : report.rows()) {
      groups.computeIfAbsent(row.group(), g -> new ArrayList<>()).add(row);
    }
    StringBuilder html = new StringBuilder();
    groups.forEach(
        (group, rows) -> {
          html.append("<section>\n<h3>").append(Xml.escape(group)).append("</h3>\n");
          html.append(means(report.means(group))).append("<table>\n");
          html.append("<thead><tr>");
          for (String head :
              List.of("Case", "Threads", "Ours", "Of its roof", "Peer", "Its speed")) {
            html.append("<th scope=\"col\">").append(head).append("</th>");
          }
          html.append("<th scope=\"col\">Ratio</th><th scope=\"col\" class=\"wide\">");
          html.append("<span>1/16</span><span>1/4</span><span>1</span><span>4</span>");
          html.append("<span>16</span></th></tr></thead>\n<tbody>\n");
          rows.forEach(row -> html.append(tableRow(report, row)));
          html.append("</tbody>\n</table>\n</section>\n");
        });
    return html.toString();
  }

  private static String means(List<Report.Mean> means) {
    StringBuilder html = new StringBuilder();
    for (Report.Mean mean : means) {
      html.append(html.isEmpty() ? "<p class=\"means\">Geometric means: " : "; ")
          .append("<b>")
          .append(HumanNumbers.digits(mean.ratio()))
          .append("</b> ")
          .append(Xml.escape(mean.peer()))
          .append(" (")
          .append(threads(mean.threads()))
          .append(", ")
          .append(mean.cases())
          .append(" cases)");
    }
    return html.isEmpty() ? "" : html.append("</p>\n").toString();
  }

  private static String tableRow(Report report, Row row) {
    StringBuilder html = new StringBuilder("<tr>");
    html.append("<th scope=\"row\">")
        .append(Xml.escape(row.operation() == null ? "all of these" : row.operation()))
        .append("</th>");
    cell(html, "Threads", row.operation() == null ? "" : "" + row.threads());
    cell(html, "Ours", row.isMeasured() ? HumanNumbers.ours(row) : "");
    cell(html, "Of its roof", HumanNumbers.percent(report.shareOfRoof(row)));
    cell(html, "Peer", row.peer() == null ? "none" : row.peer());
    if (row.isCompared()) {
      Quartiles ratio = row.ratio();
      cell(html, "Its speed", HumanNumbers.theirs(row));
      html.append("<td data-name=\"Ratio\" class=\"")
          .append(ratio.median() >= 1 ? "faster" : "slower")
          .append("\"><b>")
          .append(HumanNumbers.digits(ratio.median()))
          .append("</b> <small>")
          .append(HumanNumbers.digits(ratio.lower()))
          .append(" to ")
          .append(HumanNumbers.digits(ratio.upper()))
          .append("</small></td><td class=\"wide\">")
          .append(ratioPicture(ratio))
          .append("</td>");
    } else {
      html.append("<td colspan=\"3\" class=\"note\">")
          .append(row.note() == null ? "" : Xml.escape(row.note()))
          .append("</td>");
    }
    return html.append("</tr>\n").toString();
  }

  private static void cell(StringBuilder html, String name, String value) {
    html.append("<td data-name=\"")
        .append(name)
        .append("\">")
        .append(Xml.escape(value))
        .append("</td>");
  }

  /** A bar from 1 to the median, and the quartiles as a line. */
  private static String ratioPicture(Quartiles ratio) {
    double from = Math.min(50, position(ratio.median()));
    double to = Math.max(50, position(ratio.median()));
    return String.format(
        Locale.ROOT,
        "<svg class=\"ratio\" viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\""
            + " aria-hidden=\"true\"><rect class=\"%s\" x=\"%.2f\" y=\"2\" width=\"%.2f\""
            + " height=\"6\"/><line class=\"spread\" x1=\"%.2f\" y1=\"5\" x2=\"%.2f\""
            + " y2=\"5\"/><line class=\"one\" x1=\"50\" y1=\"0\" x2=\"50\" y2=\"10\"/></svg>",
        ratio.median() >= 1 ? "faster" : "slower",
        from,
        to - from,
        position(ratio.lower()),
        position(ratio.upper()));
  }

  private static double position(double ratio) {
    double clamped = Math.max(1 / WIDEST, Math.min(WIDEST, ratio));
    return 50 + 50 * Math.log(clamped) / Math.log(WIDEST);
  }

  private static String rooflines(Report report) {
    StringBuilder html = new StringBuilder();
    for (Ceilings c : report.ceilings()) {
      List<RooflineChart.Point> points = points(report, c.threads());
      html.append("<figure>\n<figcaption>")
          .append(threads(c.threads()))
          .append("</figcaption>\n<div class=\"scroll\">\n")
          .append(RooflineChart.of(c, points))
          .append("</div>\n</figure>\n");
    }
    if (report.ceilings().isEmpty()) {
      html.append("<p>The ceilings of this machine were not measured.</p>\n");
    }
    return html.toString();
  }

  private static List<RooflineChart.Point> points(Report report, int threads) {
    Map<String, RooflineChart.Point> points = new LinkedHashMap<>();
    for (Row row : report.rows()) {
      if (row.threads() != threads || !row.isMeasured() || !(row.work().flops() > 0)) {
        continue;
      }
      double flops = row.work().flops();
      double intensity = flops / row.work().bytes();
      points.putIfAbsent(
          row.operation(),
          new RooflineChart.Point(row.operation(), intensity, flops / row.ourSeconds(), false));
      if (row.isCompared()) {
        String peer = row.operation() + " by " + row.peer();
        points.put(
            peer, new RooflineChart.Point(peer, intensity, flops / row.theirSeconds(), true));
      }
    }
    return List.copyOf(points.values());
  }
}

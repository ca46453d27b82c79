package org.recallrank.cli.report;

import java.util.List;
import org.recallrank.cli.experiment.Table;
import org.recallrank.pages.chart.Xml;

/** Pieces of the page. */
final class Html {
  private Html() {}

  static String escape(String text) {
    return Xml.escape(text);
  }

  /** A table of text, in a box that scrolls where it is wider than the page. */
  static String table(Table table) {
    StringBuilder html = new StringBuilder();
    html.append("<table>\n<caption><span>")
        .append(escape(table.title()))
        .append("</span></caption>\n<thead><tr>");
    for (int c = 0; c < table.header().size(); c++) {
      html.append(isText(table, c) ? "<th scope=\"col\" class=\"words\">" : "<th scope=\"col\">")
          .append(escape(table.header().get(c)))
          .append("</th>");
    }
    html.append("</tr></thead>\n<tbody>\n");
    for (List<String> row : table.rows()) {
      html.append("<tr><th scope=\"row\">").append(escape(row.get(0))).append("</th>");
      for (int c = 1; c < row.size(); c++) {
        html.append(isText(table, c) ? "<td class=\"words\">" : "<td>")
            .append(escape(row.get(c)))
            .append("</td>");
      }
      html.append("</tr>\n");
    }
    html.append("</tbody>\n</table>\n");
    return scroll(table.title(), html.toString()) + notes(table.notes());
  }

  /** Whether a column holds words, which stand on the left, and not numbers. */
  private static boolean isText(Table table, int column) {
    return column == 0
        || table.rows().stream().anyMatch(row -> row.get(column).matches("\\p{L}.*"));
  }

  /** A box that scrolls by itself, with the keyboard too. */
  static String scroll(String label, String content) {
    return "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\""
        + escape(label)
        + "\">\n"
        + content
        + "</div>\n";
  }

  static String notes(List<String> notes) {
    StringBuilder html = new StringBuilder();
    notes.forEach(n -> html.append("<p class=\"note\">").append(escape(n)).append("</p>\n"));
    return html.toString();
  }

  /** Charts side by side. */
  static String grid(List<Figure> figures) {
    StringBuilder html = new StringBuilder("<div class=\"charts\">\n");
    figures.forEach(f -> html.append(f.html()));
    return html.append("</div>\n").toString();
  }
}

package org.recallrank.cli.experiment;

import java.util.List;

/**
 * A table of text, for the console and the report alike.
 *
 * @param notes lines below it
 */
public record Table(
    String title, List<String> header, List<List<String>> rows, List<String> notes) {

  /** Columns side by side, the first to the left and the others to the right. */
  public String text() {
    int[] width = new int[header.size()];
    for (int c = 0; c < width.length; c++) {
      width[c] = header.get(c).length();
      for (List<String> row : rows) {
        width[c] = Math.max(width[c], row.get(c).length());
      }
    }
    StringBuilder text = new StringBuilder(title).append('\n');
    line(text, header, width);
    rows.forEach(row -> line(text, row, width));
    notes.forEach(note -> text.append(note).append('\n'));
    return text.toString();
  }

  private static void line(StringBuilder text, List<String> cells, int[] width) {
    StringBuilder line = new StringBuilder();
    for (int c = 0; c < width.length; c++) {
      String padding = " ".repeat(width[c] - cells.get(c).length());
      line.append(c == 0 ? cells.get(c) + padding : "  " + padding + cells.get(c));
    }
    text.append(line.toString().stripTrailing()).append('\n');
  }
}

package org.recallrank.bench.compare;

import java.util.List;

/** Lines of cells as text of aligned columns. */
public final class TextTable {
  private TextTable() {}

  /**
   * @param lines of as many cells each
   */
  public static String of(List<String[]> lines) {
    int[] width = new int[lines.getFirst().length];
    for (String[] line : lines) {
      for (int c = 0; c < line.length; c++) {
        width[c] = Math.max(width[c], line[c].length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (String[] line : lines) {
      StringBuilder padded = new StringBuilder();
      for (int c = 0; c < line.length; c++) {
        padded.append(line[c]).append(" ".repeat(width[c] - line[c].length() + 2));
      }
      text.append(padded.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }
}

package org.recallrank.bench.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The rows as text of aligned columns, for a terminal. */
final class ReportTable {
  private ReportTable() {}

  static String of(Report report) {
    List<String[]> lines = new ArrayList<>();
    lines.add(
        new String[] {"case", "threads", "ours", "of its roof", "peer", "its speed", "ratio", ""});
    for (Row row : report.rows()) {
      boolean compared = row.isCompared();
      Quartiles ratio = compared ? row.ratio() : null;
      lines.add(
          new String[] {
            row.operation() == null ? row.group() : row.operation(),
            "" + row.threads(),
            row.isMeasured() ? Figures.speed(row, row.ourSeconds()) : "",
            Figures.percent(report.shareOfRoof(row)),
            row.peer() == null ? "" : row.peer(),
            compared ? Figures.speed(row, row.theirSeconds()) : "",
            compared ? Figures.digits(ratio.median()) : "",
            compared
                ? Figures.digits(ratio.lower()) + " to " + Figures.digits(ratio.upper())
                : row.note() == null ? "" : row.note()
          });
    }
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
    report.rows().stream()
        .map(Row::group)
        .distinct()
        .forEach(
            group ->
                report
                    .means(group)
                    .forEach(
                        mean ->
                            text.append(
                                String.format(
                                    Locale.ROOT,
                                    "%s: geometric mean of %d cases with %d thread(s) is %s x %s%n",
                                    group,
                                    mean.cases(),
                                    mean.threads(),
                                    Figures.digits(mean.ratio()),
                                    mean.peer()))));
    return text.toString();
  }
}

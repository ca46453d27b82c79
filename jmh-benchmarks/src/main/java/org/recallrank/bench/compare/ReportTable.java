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
            row.isMeasured() ? HumanNumbers.ours(row) : "",
            HumanNumbers.percent(report.shareOfRoof(row)),
            row.peer() == null ? "" : row.peer(),
            compared ? HumanNumbers.theirs(row) : "",
            compared ? HumanNumbers.digits(ratio.median()) : "",
            compared
                ? HumanNumbers.digits(ratio.lower()) + " to " + HumanNumbers.digits(ratio.upper())
                : row.note() == null ? "" : row.note()
          });
    }
    StringBuilder text = new StringBuilder(TextTable.of(lines));
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
                                    HumanNumbers.digits(mean.ratio()),
                                    mean.peer()))));
    return text.toString();
  }
}

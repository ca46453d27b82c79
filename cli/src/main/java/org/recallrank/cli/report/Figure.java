package org.recallrank.cli.report;

import org.recallrank.cli.experiment.Table;
import org.recallrank.pages.chart.Picture;

/**
 * A chart of the report.
 *
 * @param id unique in the page, and the name of its file
 * @param note a line on how to read it; may be empty
 * @param numbers what is drawn, or null where another table has it
 */
record Figure(String id, String title, String note, Picture picture, Table numbers) {

  String html() {
    return "<figure id=\""
        + id
        + "\">\n<figcaption><b>"
        + Html.escape(title)
        + "</b>"
        + (note.isEmpty() ? "" : " " + Html.escape(note))
        + "</figcaption>\n"
        + picture.inline()
        + (numbers == null
            ? ""
            : "<details><summary>Numbers</summary>\n" + Html.table(numbers) + "</details>\n")
        + "</figure>\n";
  }
}

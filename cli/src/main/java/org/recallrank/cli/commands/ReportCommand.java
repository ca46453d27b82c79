package org.recallrank.cli.commands;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.recallrank.cli.report.Inputs;
import org.recallrank.cli.report.ItemNames;
import org.recallrank.cli.report.Paper;
import org.recallrank.cli.report.ReportPage;
import org.recallrank.cli.report.Study;
import org.recallrank.model.config.Nearest;
import org.recallrank.model.config.SettingsException;
import org.recallrank.model.files.AtomicFile;
import org.recallrank.model.io.DataException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code recallrank report}: results as a page to look at. */
@Command(
    name = "report",
    description = {
      "Writes one page, which needs no network, about experiments and runs: the paper's tables"
          + " with",
      "ours beside its published numbers, learning curves, sensitivity, selection, matching"
          + " matrices,",
      "data statistics."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class ReportCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "RUNS",
      arity = "1..*",
      description = "folders of experiments and runs, JSON files of cells")
  private List<Path> runs;

  @Option(
      names = "--out",
      defaultValue = "report.html",
      description = "the page, replaced if it is there (default: ${DEFAULT-VALUE})")
  private Path out;

  @Option(names = "--charts", paramLabel = "DIR", description = "write each chart as SVG, too")
  private Path charts;

  @Option(
      names = "--beside",
      defaultValue = "",
      paramLabel = "DATA",
      description =
          "the paper's data set to compare with: KKBox, Movielens or CandiCTR-Pub (default: that of"
              + " the data's format, if any)")
  private String beside;

  @Option(
      names = "--item-names",
      paramLabel = "FILE",
      description =
          "names of items: id and name in the first columns, such as MovieLens' movies.csv")
  private Path itemNames;

  @Override
  public Integer call() {
    if (!beside.isEmpty() && !Paper.DATA.contains(beside)) {
      throw new SettingsException(
          "--beside: expected one of "
              + String.join(", ", Paper.DATA)
              + ", found \""
              + beside
              + "\""
              + Nearest.hint(beside, Paper.DATA));
    }
    List<Study> studies = Inputs.read(runs);
    ReportPage page =
        new ReportPage(studies, beside, itemNames == null ? Map.of() : ItemNames.read(itemNames));
    AtomicFile.write(out, page.html());
    if (charts != null) {
      try {
        Files.createDirectories(charts);
      } catch (IOException e) {
        throw new DataException(charts + ": cannot be created: " + e.getMessage(), e);
      }
      page.charts().forEach((name, svg) -> AtomicFile.write(charts.resolve(name), svg));
    }
    System.out.println(
        "The report is " + out + (charts == null ? "." : ", its charts are in " + charts + "."));
    return 0;
  }
}

package org.recallrank.cli.commands;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.recallrank.cli.options.ComputeOptions;
import org.recallrank.model.files.Json;
import org.recallrank.model.io.DataException;
import org.recallrank.training.metrics.Metrics;
import org.recallrank.training.metrics.MetricsJson;
import org.recallrank.training.metrics.Predictions;
import org.recallrank.training.source.BadRows;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code recallrank evaluate}: AUC, gAUC and log loss of a run on rows with labels. */
@Command(
    name = "evaluate",
    description = "Measures a trained model on a CSV file with labels.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class EvaluateCommand implements Callable<Integer> {
  @Mixin private ComputeOptions compute;

  @Option(names = "--run", required = true, description = "the run folder")
  private Path run;

  @Option(names = "--data", required = true, description = "CSV file with the columns of the run")
  private Path data;

  @Option(names = "--label", description = "column with 0 and 1 (default: as in training)")
  private String label;

  @Option(
      names = "--bad-rows",
      defaultValue = "fail",
      paramLabel = "fail|skip:N",
      description = "malformed rows: fail, or leave out up to N of them")
  private String badRows;

  @Option(names = "--json", description = "for machines")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    Predictions predictions = new Predictions();
    try (RunScorer scorer = RunScorer.open(run, compute)) {
      RunData.predict(
          scorer,
          data,
          label == null ? scorer.label() : label,
          BadRows.parse(badRows),
          predictions::add);
    }
    if (predictions.rows() == 0) {
      throw new DataException(data + ": expected rows behind the header, found none");
    }
    Metrics m = predictions.metrics();
    if (json) {
      JsonObject result = MetricsJson.of(m);
      result.addProperty("rows", predictions.rows());
      System.out.print(Json.pretty(result));
    } else {
      System.out.printf(
          Locale.ROOT,
          "%,d rows: AUC %.4f  gAUC %.4f (%,d users)  logloss %.4f%n",
          predictions.rows(),
          m.auc(),
          m.gauc(),
          m.gaucGroups(),
          m.logloss());
    }
    return 0;
  }
}

package org.recallrank.cli.commands;

import java.io.BufferedWriter;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.recallrank.cli.options.ComputeOptions;
import org.recallrank.model.files.AtomicFile;
import org.recallrank.training.source.BadRows;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code recallrank predict}: a click probability for each row. */
@Command(
    name = "predict",
    description = "Scores the rows of a CSV file; labels are not needed.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class PredictCommand implements Callable<Integer> {
  @Mixin private ComputeOptions compute;

  @Option(names = "--run", required = true, description = "the run folder")
  private Path run;

  @Option(names = "--data", required = true, description = "CSV file with the columns of the run")
  private Path data;

  @Option(
      names = "--out",
      required = true,
      description = "CSV file to write: row (from 1, in the order of the data) and probability")
  private Path out;

  @Override
  public Integer call() {
    long[] rows = new long[1];
    try (RunScorer scorer = RunScorer.open(run, compute)) {
      AtomicFile.write(
          out,
          stream -> {
            BufferedWriter writer =
                new BufferedWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8));
            writer.write("row,probability\n");
            RunData.predict(
                scorer,
                data,
                null,
                BadRows.FAIL,
                (batch, p) -> {
                  for (int i = 0; i < batch.size(); i++) {
                    writer.append(++rows[0] + "," + p.get(i) + "\n");
                  }
                });
            writer.flush();
          });
    }
    System.out.printf("%,d rows scored into %s%n", rows[0], out);
    return 0;
  }
}

package org.recallrank.cli.commands;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.recallrank.model.schema.Batch;
import org.recallrank.model.schema.Columns;
import org.recallrank.tensor.Tensor;
import org.recallrank.training.data.SourceEncoder;
import org.recallrank.training.source.BadRows;
import org.recallrank.training.source.SkippedRows;
import org.recallrank.training.source.Split;
import org.recallrank.training.source.csv.CsvSource;

/** Applies a saved model to the rows of a CSV file. */
final class RunData {
  /** Rows that are scored at a time. */
  private static final int BATCH = 8192;

  private RunData() {}

  /** Takes each batch with its probabilities, which are valid until the call returns. */
  @FunctionalInterface
  interface PredictionSink {
    void accept(Batch batch, Tensor probabilities) throws IOException;
  }

  /**
   * Predicts all rows in their order.
   *
   * @param label column of the clicks, or null if they are not needed
   * @throws IOException as the sink
   */
  static void predict(
      RunScorer scorer, Path file, String label, BadRows badRows, PredictionSink sink)
      throws IOException {
    CsvSource source =
        CsvSource.toScore(file, Columns.of(scorer.encoding().schema()), label, badRows);
    try {
      for (SkippedRows skipped :
          SourceEncoder.encode(
              scorer.encoding(),
              source,
              Split.TEST,
              BATCH,
              batch -> accept(sink, batch, scorer.score(batch)))) {
        System.err.println(skipped);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static void accept(PredictionSink sink, Batch batch, Tensor probabilities) {
    try {
      sink.accept(batch, probabilities);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

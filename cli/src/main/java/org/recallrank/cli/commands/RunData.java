package org.recallrank.cli.commands;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.recallrank.cli.options.ComputeOptions;
import org.recallrank.model.schema.Batch;
import org.recallrank.model.schema.Columns;
import org.recallrank.model.serve.SavedModel;
import org.recallrank.model.serve.Scorer;
import org.recallrank.tensor.Tensor;
import org.recallrank.training.data.SourceEncoder;
import org.recallrank.training.source.BadRows;
import org.recallrank.training.source.SkippedRows;
import org.recallrank.training.source.Split;
import org.recallrank.training.source.csv.CsvSource;
import org.recallrank.training.train.TrainingSpec;

/** Applies a saved model to the rows of a CSV file. */
final class RunData {
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
      SavedModel saved,
      ComputeOptions.Compute compute,
      Path file,
      String label,
      BadRows badRows,
      PredictionSink sink)
      throws IOException {
    Scorer scorer = new Scorer(saved.model(), compute.kernels());
    CsvSource source =
        CsvSource.toScore(file, Columns.of(saved.encoding().schema()), label, badRows);
    try {
      for (SkippedRows skipped :
          SourceEncoder.encode(
              saved.encoding(),
              source,
              Split.TEST,
              TrainingSpec.of(saved).train().batchSize(),
              batch -> accept(sink, batch, scorer.predict(batch)))) {
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

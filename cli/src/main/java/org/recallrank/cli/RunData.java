package org.recallrank.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.recallrank.model.data.BadRows;
import org.recallrank.model.data.Batch;
import org.recallrank.model.data.Columns;
import org.recallrank.model.data.CsvSource;
import org.recallrank.model.data.SkippedRows;
import org.recallrank.model.data.Split;
import org.recallrank.model.serve.SavedModel;
import org.recallrank.model.train.Evaluator;
import org.recallrank.tensor.Tensor;

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
    Evaluator evaluator = new Evaluator(saved.model(), compute.kernels());
    CsvSource source =
        CsvSource.toScore(file, Columns.of(saved.encoding().schema()), label, badRows);
    try {
      for (SkippedRows skipped :
          saved
              .encoding()
              .encode(
                  source,
                  Split.TEST,
                  saved.spec().train().batchSize(),
                  batch -> accept(sink, batch, evaluator.predict(batch)))) {
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

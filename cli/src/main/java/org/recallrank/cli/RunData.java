package org.recallrank.cli;

import java.nio.file.Path;
import java.util.function.BiConsumer;
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

  /**
   * Predicts all rows in their order.
   *
   * @param label column of the clicks, or null if they are not needed
   * @param sink takes each batch with its probabilities
   */
  static void predict(
      SavedModel saved,
      ComputeOptions.Compute compute,
      Path file,
      String label,
      BadRows badRows,
      BiConsumer<Batch, Tensor> sink) {
    Evaluator evaluator = new Evaluator(saved.model(), compute.kernels());
    CsvSource source =
        CsvSource.toScore(file, Columns.of(saved.encoding().schema()), label, badRows);
    for (SkippedRows skipped :
        saved
            .encoding()
            .encode(
                source,
                Split.TEST,
                saved.spec().train().batchSize(),
                batch -> sink.accept(batch, evaluator.predict(batch)))) {
      System.err.println(skipped);
    }
  }
}

package org.recallrank.bench.coldstart;

import java.nio.file.Path;
import java.util.Arrays;
import org.recallrank.kernels.KernelSelector;
import org.recallrank.kernels.Workers;
import org.recallrank.model.schema.Batch;
import org.recallrank.model.schema.Rows;
import org.recallrank.model.schema.Schema;
import org.recallrank.model.serve.SavedModel;
import org.recallrank.model.serve.Scorer;
import org.recallrank.tensor.Tensor;

/** Our side: a run folder is loaded and scores one request. */
public final class RecallRankColdStart {
  private RecallRankColdStart() {}

  /** The argument is the run folder. */
  public static void main(String[] arguments) {
    SavedModel saved = SavedModel.load(Path.of(arguments[0]));
    int n = ColdStartRequest.CANDIDATES;
    try (Workers workers = Workers.create(1)) {
      Scorer scorer =
          new Scorer(saved.model(), new KernelSelector().select(null, workers).kernels());
      Schema schema = saved.encoding().schema();
      int[][] ids = ColdStartRequest.ids();
      Rows rows = new Rows(schema.fields(), n, ids, new float[ids.length][]);
      Tensor probabilities = scorer.predict(new Batch(schema, rows, new float[n], new int[n]));
      int from = probabilities.offset();
      ColdStartRequest.print(Arrays.copyOfRange(probabilities.data(), from, from + n));
    }
  }
}

package org.recallrank.training.metrics;

import org.recallrank.autograd.Tape;
import org.recallrank.kernels.Kernels;
import org.recallrank.model.CtrModel;
import org.recallrank.model.schema.Batch;
import org.recallrank.model.schema.BatchBuffer;
import org.recallrank.model.serve.Scorer;
import org.recallrank.training.data.Dataset;

/** Measures a model on a data set. Serves one thread at a time, as its {@link Scorer} does. */
public final class Evaluator {
  private final Scorer scorer;

  /** The weights must not change while the evaluator is in use. */
  public Evaluator(CtrModel model, Kernels kernels) {
    scorer = new Scorer(model, kernels);
  }

  /** With a tape that nobody else uses meanwhile. */
  public Evaluator(CtrModel model, Tape tape) {
    scorer = new Scorer(model, tape);
  }

  /**
   * What evaluating a data set gives.
   *
   * @param sessions null if the data have no sessions
   * @param seconds of fetching and scoring its rows, without the sorting behind AUC
   */
  public record Evaluation(Metrics metrics, SessionMetrics sessions, long rows, double seconds) {}

  /** AUC, gAUC and log loss over all rows of a data set, as many at a time as the buffer holds. */
  public Evaluation evaluate(Dataset data, BatchBuffer buffer) {
    Predictions predictions = new Predictions();
    long start = System.nanoTime();
    for (long row = 0; row < data.rows(); row += buffer.capacity()) {
      int size = (int) Math.min(buffer.capacity(), data.rows() - row);
      Batch batch = data.fill(buffer, row, size);
      predictions.add(batch, scorer.predict(batch));
    }
    double seconds = (System.nanoTime() - start) * 1e-9;
    return new Evaluation(
        predictions.metrics(),
        data.hasSessions() ? predictions.sessionMetrics() : null,
        data.rows(),
        seconds);
  }
}

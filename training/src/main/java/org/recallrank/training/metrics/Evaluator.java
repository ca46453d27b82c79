package org.recallrank.training.metrics;

import org.recallrank.autograd.Tape;
import org.recallrank.kernels.Kernels;
import org.recallrank.model.CtrModel;
import org.recallrank.model.schema.Batch;
import org.recallrank.model.schema.BatchBuffer;
import org.recallrank.tensor.Tensor;
import org.recallrank.training.data.Dataset;

/** Applies a model without training it. */
public final class Evaluator {
  private final CtrModel model;
  private final Tape tape;

  /**
   * The weights must not change while the evaluator is in use; what is derived from them is brought
   * up to date now.
   */
  public Evaluator(CtrModel model, Kernels kernels) {
    this(model, new Tape(kernels));
  }

  /** With a tape that nobody else uses meanwhile. */
  public Evaluator(CtrModel model, Tape tape) {
    this.model = model;
    this.tape = tape;
    model.enricher().refresh(tape.kernels());
  }

  /** The click probability of each row [rows], valid until the next call. */
  public Tensor predict(Batch batch) {
    tape.startEvaluation();
    Tensor logits = model.forward(tape, batch).logits().value();
    Tensor probabilities = tape.allocate(batch.size());
    tape.kernels().math().sigmoid(logits.vec(), probabilities.vec());
    return probabilities;
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
      predictions.add(batch, predict(batch));
    }
    double seconds = (System.nanoTime() - start) * 1e-9;
    return new Evaluation(
        predictions.metrics(),
        data.hasSessions() ? predictions.sessionMetrics() : null,
        data.rows(),
        seconds);
  }
}

package org.recallrank.model.train;

import org.recallrank.autograd.Tape;
import org.recallrank.model.data.Batch;
import org.recallrank.model.data.BatchBuffer;
import org.recallrank.model.data.Dataset;
import org.recallrank.tensor.Tensor;

/** Applies a model to the rows of a data set, in their order. */
public final class Evaluator {
  private final CtrModel model;
  private final Tape tape;
  private final BatchBuffer buffer;
  private final int batchSize;

  /** Takes {@code batchSize} rows at a time through a tape that nobody else uses meanwhile. */
  public Evaluator(CtrModel model, Tape tape, BatchBuffer buffer, int batchSize) {
    this.model = model;
    this.tape = tape;
    this.buffer = buffer;
    this.batchSize = batchSize;
  }

  /** Takes the predictions of one batch after the other. */
  @FunctionalInterface
  public interface PredictionSink {
    /**
     * @param probabilities of the rows of the batch, valid during the call
     */
    void accept(Batch batch, Tensor probabilities);
  }

  /** Predicts all rows. */
  public void predict(Dataset data, PredictionSink sink) {
    model.enricher().refresh(tape.kernels());
    for (long row = 0; row < data.rows(); row += batchSize) {
      int size = (int) Math.min(batchSize, data.rows() - row);
      Batch batch = buffer.fill(data, row, size);
      tape.startEvaluation();
      Tensor logits = model.forward(tape, batch).logits().value();
      Tensor probabilities = tape.allocate(size);
      tape.kernels()
          .math()
          .sigmoid(logits.data(), logits.offset(), probabilities.data(), 0, size);
      sink.accept(batch, probabilities);
    }
  }

  /** AUC, gAUC and log loss over all rows. */
  public Metrics evaluate(Dataset data) {
    int rows = Math.toIntExact(data.rows());
    float[] labels = new float[rows];
    float[] probabilities = new float[rows];
    int[] groups = new int[rows];
    int[] at = new int[1];
    predict(
        data,
        (batch, p) -> {
          System.arraycopy(batch.labels(), 0, labels, at[0], batch.size());
          System.arraycopy(batch.groups(), 0, groups, at[0], batch.size());
          System.arraycopy(p.data(), 0, probabilities, at[0], batch.size());
          at[0] += batch.size();
        });
    return Metrics.of(labels, probabilities, groups);
  }
}

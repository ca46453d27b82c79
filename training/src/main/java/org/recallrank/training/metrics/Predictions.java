package org.recallrank.training.metrics;

import java.util.Arrays;
import org.recallrank.model.schema.Batch;
import org.recallrank.tensor.Tensor;

/**
 * Gathers the predictions of batch after batch and measures them.
 *
 * <p>Serves one thread at a time.
 */
public final class Predictions {
  private float[] labels = new float[4096];
  private float[] probabilities = new float[4096];
  private int[] groups = new int[4096];
  private int[] sessions = new int[4096];
  private boolean byUser = true;
  private int rows;

  /** None yet. */
  public Predictions() {}

  /** Adds a batch, whose arrays may be used again afterwards. */
  public void add(Batch batch, Tensor p) {
    int size = batch.size();
    if (labels.length - rows < size) {
      int capacity = Math.max(Math.addExact(rows, size), rows + rows / 2);
      labels = Arrays.copyOf(labels, capacity);
      probabilities = Arrays.copyOf(probabilities, capacity);
      groups = Arrays.copyOf(groups, capacity);
      sessions = Arrays.copyOf(sessions, capacity);
    }
    System.arraycopy(batch.labels(), 0, labels, rows, size);
    System.arraycopy(p.data(), p.offset(), probabilities, rows, size);
    System.arraycopy(batch.groups(), 0, groups, rows, size);
    System.arraycopy(batch.sessions(), 0, sessions, rows, size);
    byUser = batch.schema().user() >= 0;
    rows += size;
  }

  /** How many rows there are so far. */
  public int rows() {
    return rows;
  }

  /** AUC, gAUC (undefined of data without users) and log loss of all rows so far. */
  public Metrics metrics() {
    return Metrics.of(labels, probabilities, byUser ? groups : null, rows);
  }

  /** AUC and gAUC of all rows so far by session; of no meaning if the data have no sessions. */
  public SessionMetrics sessionMetrics() {
    return SessionMetrics.of(labels, probabilities, sessions, rows);
  }
}

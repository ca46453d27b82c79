package org.recallrank.training.data;

import org.recallrank.model.schema.Batch;
import org.recallrank.model.schema.RowHash;
import org.recallrank.training.source.Split;

/**
 * Who saw what and clicked or not: all that a recall stage may learn from. Holds training rows
 * only, so that nothing of validation or test can reach the pools.
 */
public final class Interactions {
  private final Dataset training;

  /** Takes one exposure. */
  @FunctionalInterface
  public interface Sink {
    /**
     * Takes the next one.
     *
     * @param user table row of the user, perhaps out-of-vocabulary
     * @param item table row of the item, perhaps out-of-vocabulary
     * @param label 1 if clicked, else 0
     * @param session from 1; 0 if the data have none
     */
    void accept(int user, int item, float label, int session);
  }

  /**
   * The exposures that training rows tell of.
   *
   * @throws IllegalArgumentException if the rows are not for training, or lack a user or item field
   */
  public Interactions(Dataset training) {
    if (training.split() != Split.TRAIN) {
      throw new IllegalArgumentException(
          "a recall stage learns from training rows only, found " + training.split());
    }
    if (training.schema().user() < 0 || training.schema().item() < 0) {
      throw new IllegalArgumentException(
          "a recall stage needs a user and an item field; found " + training.schema());
    }
    this.training = training;
  }

  /** How many exposures. */
  public long rows() {
    return training.rows();
  }

  /** Table rows of the users' field, padding and out-of-vocabulary included. */
  public int users() {
    return training.schema().fields().get(training.schema().user()).vocabularySize();
  }

  /** Table rows of the items' field, padding and out-of-vocabulary included. */
  public int items() {
    return training.schema().fields().get(training.schema().item()).vocabularySize();
  }

  /** {@link Batch#hash} of a row. */
  public long hash(long row) {
    return RowHash.of(training.schema().fields(), f -> training.id(f, row));
  }

  /** Hands out all exposures in the order of the data. */
  public void forEach(Sink sink) {
    int user = training.schema().user();
    int item = training.schema().item();
    for (long row = 0; row < training.rows(); row++) {
      sink.accept(
          training.id(user, row),
          training.id(item, row),
          training.label(row),
          training.session(row));
    }
  }
}

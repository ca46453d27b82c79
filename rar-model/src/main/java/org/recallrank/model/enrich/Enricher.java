package org.recallrank.model.enrich;

import org.recallrank.autograd.Variable;
import org.recallrank.kernels.Kernels;
import org.recallrank.model.schema.Batch;

/**
 * E to E': the same fields, perhaps changed, perhaps with whole pseudo-fields of width d behind.
 *
 * <p>May be shared by any number of threads that score, each with a tape of its own: what a step
 * needs belongs to its tape. While one trains, or changes weights in another way, no other may use
 * it.
 */
public interface Enricher {

  /**
   * E' and what it adds to the loss: auxiliaryWeight * auxiliaryLoss.
   *
   * @param embeddings E' [rows, fields + extraFields, d]
   * @param auxiliaryLoss a scalar, or null
   * @param auxiliaryBaseline what auxiliaryLoss would be for the best constant prediction: the
   *     entropy of its labels, in nats; a loss that stays there has learnt nothing
   * @param matched for those who want to look at it; null but with RAR
   */
  record Enriched(
      Variable embeddings,
      Variable auxiliaryLoss,
      double auxiliaryBaseline,
      double auxiliaryWeight,
      Matched matched) {

    /** Without a loss of its own. */
    static Enriched of(Variable embeddings) {
      return new Enriched(embeddings, null, Double.NaN, 0, null);
    }

    /**
     * With a loss of its own.
     *
     * @param labels what the loss compares with: n of 0 and 1
     */
    static Enriched of(Variable embeddings, Variable loss, float[] labels, int n, double weight) {
      double ones = 0;
      for (int i = 0; i < n; i++) {
        ones += labels[i];
      }
      double p = ones / n;
      double entropy = p == 0 || p == 1 ? 0 : -p * Math.log(p) - (1 - p) * Math.log(1 - p);
      return new Enriched(embeddings, loss, entropy, weight, null);
    }

    /** The same with what has been matched. */
    Enriched with(Matched found) {
      return new Enriched(embeddings, auxiliaryLoss, auxiliaryBaseline, auxiliaryWeight, found);
    }
  }

  /** How many pseudo-fields are appended. */
  int extraFields();

  /** Enriches the embeddings [rows, fields, d] of a batch. */
  Enriched apply(Batch batch, Variable embeddings);

  /**
   * Brings up to date whatever is derived from the weights; to be called before an evaluation, and
   * every {@link #refreshInterval} steps of training. {@link #apply} takes what is there, however
   * old, and makes it if there is nothing yet.
   *
   * <p>Any number of threads may call this at once: the first does the work, the others wait, and
   * while the weights stay nobody does it again. After the weights have changed it counts as a
   * change of them, so nobody may score meanwhile.
   */
  default void refresh(Kernels kernels) {}

  /** Steps of training from one {@link #refresh} to the next; 0 if they need none. */
  default int refreshInterval() {
    return 0;
  }
}

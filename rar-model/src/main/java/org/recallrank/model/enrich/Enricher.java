package org.recallrank.model.enrich;

import org.recallrank.autograd.Variable;
import org.recallrank.kernels.Kernels;
import org.recallrank.model.schema.Batch;

/**
 * E to E': the same fields, perhaps changed, perhaps with whole pseudo-fields of width d behind.
 */
public interface Enricher {

  /**
   * E' and what it adds to the loss: auxiliaryWeight * auxiliaryLoss.
   *
   * @param embeddings E' [rows, fields + extraFields, d]
   * @param auxiliaryLoss a scalar, or null
   * @param auxiliaryBaseline what auxiliaryLoss would be for the best constant prediction: the
   *     entropy of its labels, in nats; a loss that stays there has learnt nothing
   */
  record Enriched(
      Variable embeddings,
      Variable auxiliaryLoss,
      double auxiliaryBaseline,
      double auxiliaryWeight) {

    /** Without a loss of its own. */
    static Enriched of(Variable embeddings) {
      return new Enriched(embeddings, null, Double.NaN, 0);
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
      return new Enriched(embeddings, loss, entropy, weight);
    }
  }

  /** How many pseudo-fields are appended. */
  int extraFields();

  /** Enriches the embeddings [rows, fields, d] of a batch. */
  Enriched apply(Batch batch, Variable embeddings);

  /** Brings up to date whatever is derived from the weights: to be called before an evaluation. */
  default void refresh(Kernels kernels) {}
}

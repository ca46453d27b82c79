package org.recallrank.model.base;

import org.recallrank.autograd.Variable;

/**
 * A CTR model behind the embedding: E to one logit per row.
 *
 * <p>May be shared by any number of threads that score, each with a tape of its own; see {@link
 * org.recallrank.model.CtrModel}.
 */
public interface BaseModel {

  /** z of each row, [rows, 1]; the predicted click probability is sigmoid(z). */
  Variable logits(ModelInput in);
}

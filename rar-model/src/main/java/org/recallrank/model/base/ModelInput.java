package org.recallrank.model.base;

import org.recallrank.autograd.Variable;
import org.recallrank.model.schema.Batch;

/**
 * What a base model is applied to.
 *
 * @param batch the rows, for the {@link FirstOrder} term only: the rest of a model never sees ids
 * @param embeddings E, or E' behind an enricher, [rows, fields, d]
 */
public record ModelInput(Batch batch, Variable embeddings) {

  /** x_0: the fields of a row side by side, [rows, fields * d]. */
  public Variable flat() {
    return embeddings.reshape(
        embeddings.shape().dim(0), embeddings.shape().dim(1) * embeddings.shape().dim(2));
  }
}

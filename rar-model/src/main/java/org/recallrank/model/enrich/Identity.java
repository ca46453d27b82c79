package org.recallrank.model.enrich;

import org.recallrank.autograd.Variable;
import org.recallrank.model.schema.Batch;

/** The raw model: E' = E. */
public final class Identity implements Enricher {
  /** The same as any other. */
  public Identity() {}

  @Override
  public int extraFields() {
    return 0;
  }

  @Override
  public Enriched apply(Batch batch, Variable embeddings) {
    return Enriched.of(embeddings);
  }
}

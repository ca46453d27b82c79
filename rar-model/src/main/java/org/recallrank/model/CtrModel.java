package org.recallrank.model;

import java.util.function.BiFunction;
import java.util.function.Function;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.autograd.nn.ParameterSet;
import org.recallrank.model.base.BaseModel;
import org.recallrank.model.base.FeatureEmbedding;
import org.recallrank.model.base.ModelInput;
import org.recallrank.model.base.ModelShape;
import org.recallrank.model.enrich.Enricher;
import org.recallrank.model.schema.Batch;
import org.recallrank.model.schema.Schema;

/**
 * A whole model: embedding, enricher, base model.
 *
 * <p>May be shared by any number of threads that score, each with a tape of its own: nothing of a
 * step is kept in the model, so they get the same bits as one alone. Training it, loading weights
 * into it and, after that, {@link Enricher#refresh} belong to one thread, while no other uses it.
 */
public final class CtrModel {
  private final ParameterSet parameters;
  private final FeatureEmbedding embedding;
  private final Enricher enricher;
  private final BaseModel base;

  /**
   * What a forward pass gives.
   *
   * @param logits z [rows, 1]
   * @param enriched E' and the auxiliary loss
   */
  public record Forward(Variable logits, Enricher.Enriched enriched) {}

  /**
   * Builds embedding, enricher and base model, in this order: new parameters are drawn from the
   * random numbers of {@code parameters}, so the order decides their values.
   *
   * @param enricherOf builds the enricher on the model's parameters and embedding
   * @param baseOf builds the base model on the width that the enricher leaves
   */
  public CtrModel(
      ParameterSet parameters,
      Schema schema,
      int dim,
      double embeddingStd,
      BiFunction<ParameterSet, FeatureEmbedding, Enricher> enricherOf,
      Function<ModelShape, BaseModel> baseOf) {
    this.parameters = parameters;
    embedding = FeatureEmbedding.ofFields(parameters, schema.fields(), dim, embeddingStd);
    enricher = enricherOf.apply(parameters, embedding);
    base =
        baseOf.apply(
            new ModelShape(
                parameters,
                schema.fields(),
                schema.fields().size() + enricher.extraFields(),
                dim,
                embeddingStd));
  }

  /** The parameters of all three parts. */
  public ParameterSet parameters() {
    return parameters;
  }

  /** The enricher between embedding and base model. */
  public Enricher enricher() {
    return enricher;
  }

  /** Runs the model on a batch; {@link Tape#training} decides how. */
  public Forward forward(Tape tape, Batch batch) {
    Enricher.Enriched enriched = enricher.apply(batch, embedding.apply(tape, batch.rows()));
    return new Forward(base.logits(new ModelInput(batch, enriched.embeddings())), enriched);
  }
}

package org.recallrank.model.enrich;

import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.autograd.nn.ParameterSet;
import org.recallrank.autograd.ops.BceWithLogits;
import org.recallrank.autograd.ops.Concat;
import org.recallrank.autograd.ops.GatherRows;
import org.recallrank.autograd.ops.Sigmoid;
import org.recallrank.kernels.Ids;
import org.recallrank.model.base.FeatureEmbedding;
import org.recallrank.model.config.SettingsException;
import org.recallrank.model.recall.RecallData;
import org.recallrank.model.recall.RecallPools;
import org.recallrank.model.schema.Batch;
import org.recallrank.model.schema.Schema;
import org.recallrank.tensor.Tensor;

/**
 * CIM (Zheng et al., WWW 2022), by its authors' {@code model_fn.py} and {@code utils.py}: the
 * candidates of the request say what the user is implicitly aware of. A row has own fields x (flat)
 * and L candidates c_j, the items of its user's recall pool, best first. With n the width of an
 * item:
 *
 * <pre>
 * s_j = MLP([x ; c_j])     w_j = sigmoid(s_j)           two hidden layers
 * attention(Y, K, w): per head softmax(q k^T / sqrt(n / heads)) (w * v), heads side by side, + Y,
 *     LayerNorm (epsilon 1e-8); q of Y, k and v of K by Linear and ReLU, n to n
 * C' = attention(C, C, w)                               [L, n]
 * context = attention(Linear(x), C', w)                 [n]
 * L_aux = mean over rows and candidates of BCE(s_j, was c_j shown to this user in training?)
 * </pre>
 *
 * <p>What the paper and the source leave open is decided so: a row's candidates are those of its
 * session, or of its user where sessions have none of their own; x holds all own fields in the
 * schema's order, the target item among them; the context vector is appended to E as pseudo-fields
 * of width d, one for each item field, so that any base model can take it; the MLP that ends the
 * source's own ranking model is the base model here. There are no masks, because pools are always
 * full, and neither dropout nor batch normalisation, which are off in the source.
 *
 * <p>What is shared is computed once, with the same result: the first layer's products with x per
 * row and with c per distinct item; q, k and v of the first attention per distinct item; its
 * softmax, which does not depend on the target item, per distinct list of the batch. The rest is
 * computed row by row and once more in the backward pass, so hardly any of it needs memory.
 */
public final class Cim implements Enricher {
  private final CimConfig config;
  private final FeatureEmbedding embedding;
  private final RecallData recall;
  private final int length;
  private final CimLayers layers;

  /**
   * Builds the layers, whose parameters go to {@code set}.
   *
   * @param embedding the embedding layer of the model that is enriched
   */
  public Cim(
      ParameterSet set,
      Schema schema,
      FeatureEmbedding embedding,
      RecallData recall,
      CimConfig config) {
    this.config = config;
    this.embedding = embedding;
    this.recall = recall;
    length = config.candidates(recall.pools().itemsPerUser());
    layers = new CimLayers(set, schema, embedding.dim(), config);
  }

  @Override
  public int extraFields() {
    return layers.itemFields();
  }

  @Override
  public Enriched apply(Batch batch, Variable embeddings) {
    Tape tape = embeddings.tape();
    int rows = batch.size();
    int fields = embeddings.shape().dim(1);
    int dim = embeddings.shape().dim(2);
    Variable own = embeddings.reshape(rows, fields * dim);

    // From here to the context rows are in the order of their lists.
    RowsByList arranged = RowsByList.of(tape, batch, recall.pools(), recall.items().size(), length);
    Variable x = GatherRows.apply(own, arranged.order());
    Variable items = embedding.apply(tape, recall.items().pick(tape, arranged.items()));
    Variable c = items.reshape(arranged.items().size(), layers.width());
    Variable scores = layers.scores(x, c, arranged.lists());
    Variable context = layers.context(x, c, Sigmoid.apply(scores), arranged.lists());

    Variable inBatchOrder = GatherRows.apply(context, arranged.placeOfRow());
    Variable enriched =
        Concat.apply(own, inBatchOrder).reshape(rows, fields + layers.itemFields(), dim);
    if (!tape.training() || config.lossWeight() == 0) {
      return Enriched.of(enriched);
    }
    Tensor labels = labels(tape, batch, arranged.order());
    return Enriched.of(
        enriched,
        BceWithLogits.apply(scores, labels),
        labels.data(),
        labels.size(),
        config.lossWeight());
  }

  /** Of each row, in the order of their lists, and candidate: was it shown in training? */
  private Tensor labels(Tape tape, Batch batch, Ids order) {
    if (recall.exposures() == null) {
      throw new SettingsException(
          "cim: training needs to know who was shown what, which a saved model does not");
    }
    Tensor labels = tape.allocate(batch.size(), length);
    RecallPools pools = recall.pools();
    for (int place = 0; place < batch.size(); place++) {
      int row = order.get(place);
      int first = pools.list(batch, row, true) * pools.itemsPerUser();
      int owner = pools.owner(batch, row);
      recall
          .exposures()
          .ownLabels(owner, pools.items(), first, length, labels.data(), place * length);
    }
    return labels;
  }
}

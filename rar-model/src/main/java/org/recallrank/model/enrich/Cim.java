package org.recallrank.model.enrich;

import org.recallrank.autograd.Parameter;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.autograd.nn.Init;
import org.recallrank.autograd.nn.LayerNormLayer;
import org.recallrank.autograd.nn.LinearLayer;
import org.recallrank.autograd.nn.ParameterSet;
import org.recallrank.autograd.ops.Add;
import org.recallrank.autograd.ops.BceWithLogits;
import org.recallrank.autograd.ops.Concat;
import org.recallrank.autograd.ops.GatherRows;
import org.recallrank.autograd.ops.Sigmoid;
import org.recallrank.autograd.ops.cim.CimContext;
import org.recallrank.autograd.ops.cim.CimLists;
import org.recallrank.autograd.ops.cim.CimScores;
import org.recallrank.kernels.Ids;
import org.recallrank.kernels.MatMulKernel.Activation;
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
  private static final float NORM_EPSILON = 1e-8f;

  private final CimConfig config;
  private final FeatureEmbedding embedding;
  private final RecallData recall;
  private final int length;
  private final int width;
  private final int heads;
  private final int itemFields;
  private final LinearLayer scoreOfRow;
  private final LinearLayer scoreOfItem;
  private final Parameter scoreWeight;
  private final Parameter scoreBias;
  private final Parameter scoreOut;
  private final Parameter scoreOutBias;
  private final Attention amongCandidates;
  private final LinearLayer queryTransform;
  private final Attention fromRow;

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
    itemFields = recall.items().rows().fields().size();
    width = itemFields * embedding.dim();
    heads = config.heads(width);
    int own = schema.fields().size() * embedding.dim();
    int first = config.scoreUnits().get(0);
    int second = config.scoreUnits().get(1);
    // One layer of the source in two parts, so both start by the fans of the whole.
    Init whole = Init.xavierUniform(own + width, first);
    scoreOfRow = new LinearLayer(set, "cim.score_1.row", own, first, whole, Init.constant(0));
    scoreOfItem = new LinearLayer(set, "cim.score_1.item", width, first, whole, null);
    scoreWeight = weight(set, "cim.score_2.weight", second, first);
    scoreBias = bias(set, "cim.score_2.bias", second);
    scoreOut = weight(set, "cim.score_3.weight", 1, second);
    scoreOutBias = bias(set, "cim.score_3.bias", 1);
    amongCandidates = new Attention(set, "cim.block_0", width);
    queryTransform = dense(set, "cim.query_transform", own, width);
    fromRow = new Attention(set, "cim.block_1", width);
  }

  private static LinearLayer dense(ParameterSet set, String name, int in, int out) {
    return new LinearLayer(set, name, in, out, Init.xavierUniform(in, out), Init.constant(0));
  }

  private static Parameter weight(ParameterSet set, String name, int out, int in) {
    return set.dense(name, Parameter.Group.NETWORK, Init.xavierUniform(in, out), out, in);
  }

  private static Parameter bias(ParameterSet set, String name, int n) {
    return set.dense(name, Parameter.Group.NETWORK, Init.constant(0), n);
  }

  /** The layers of one attention block. */
  private record Attention(
      LinearLayer query, LinearLayer key, LinearLayer value, LayerNormLayer norm) {
    Attention(ParameterSet set, String name, int width) {
      this(
          dense(set, name + ".query", width, width),
          dense(set, name + ".key", width, width),
          dense(set, name + ".value", width, width),
          new LayerNormLayer(set, name + ".norm", width, NORM_EPSILON));
    }
  }

  @Override
  public int extraFields() {
    return itemFields;
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
    Variable c = items.reshape(arranged.items().size(), width);
    Variable scores = scores(x, c, arranged.lists());
    Variable context = context(x, c, Sigmoid.apply(scores), arranged.lists());

    Variable inBatchOrder = GatherRows.apply(context, arranged.placeOfRow());
    Variable enriched = Concat.apply(own, inBatchOrder).reshape(rows, fields + itemFields, dim);
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

  /** s [rows, candidates]. */
  private Variable scores(Variable x, Variable c, CimLists lists) {
    Tape tape = x.tape();
    return CimScores.apply(
        new CimScores.Inputs(
            scoreOfRow.apply(x),
            scoreOfItem.apply(c),
            tape.parameter(scoreWeight),
            tape.parameter(scoreBias),
            tape.parameter(scoreOut),
            tape.parameter(scoreOutBias)),
        lists);
  }

  /** The context vector of each row, [rows, width]. */
  private Variable context(Variable x, Variable c, Variable w, CimLists lists) {
    Tape tape = x.tape();
    float scale = (float) (1 / Math.sqrt((double) width / heads));
    Variable q = amongCandidates.query().apply(c, Activation.RELU);
    Variable k = amongCandidates.key().apply(c, Activation.RELU);
    Variable v = amongCandidates.value().apply(c, Activation.RELU);
    Variable y = queryTransform.apply(x);
    Variable qOfRow = fromRow.query().apply(y, Activation.RELU);
    Variable found =
        CimContext.apply(
            new CimContext.Inputs(
                q,
                k,
                v,
                c,
                w,
                qOfRow,
                fromRow.key().behind(tape, amongCandidates.norm()),
                fromRow.value().behind(tape, amongCandidates.norm())),
            lists,
            heads,
            scale,
            NORM_EPSILON);
    return fromRow.norm().apply(Add.apply(found, y));
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

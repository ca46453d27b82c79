package org.recallrank.model.enrich;

import org.recallrank.autograd.SlotMap;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.autograd.nn.Init;
import org.recallrank.autograd.nn.Mlp;
import org.recallrank.autograd.nn.ParameterSet;
import org.recallrank.autograd.ops.Concat;
import org.recallrank.autograd.ops.Scale;
import org.recallrank.autograd.ops.SumPooling;
import org.recallrank.autograd.ops.fused.CoInteraction;
import org.recallrank.autograd.ops.fused.CoInteraction.Selected;
import org.recallrank.kernels.Ids;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.SimHashKernel.Form;
import org.recallrank.model.base.FeatureEmbedding;
import org.recallrank.model.config.SettingsException;
import org.recallrank.model.entity.EntityTable;
import org.recallrank.model.recall.RecallData;
import org.recallrank.model.schema.Batch;
import org.recallrank.model.schema.Rows;
import org.recallrank.tensor.Tensor;

/**
 * Recall-Augmented Ranking (Huang et al., WWW 2024): the selection module picks look-alike users
 * and recall items (Eq. 1 to 4, {@link Selection}), the co-interaction module weighs them against
 * each other (Eq. 5 to 11, {@link CoInteraction}), and v_enr is appended to E as whole fields of
 * width d.
 *
 * <p>The MLPs of Eq. 5 act on one entity alone, so they run once per distinct entity that the batch
 * has selected: a few thousand rows instead of batch * (k_l + k_r).
 */
public final class Rar implements Enricher {
  private final RarConfig config;
  private final FeatureEmbedding embedding;
  private final RecallData recall;
  private final Mlp userMlp;
  private final Mlp itemMlp;
  private final Selection selection;
  private final Signatures userSignatures;
  private final Signatures itemSignatures;

  /**
   * Builds both modules; their parameters and projections go to {@code set}.
   *
   * @param embedding the embedding layer of the model that is enriched
   */
  public Rar(ParameterSet set, FeatureEmbedding embedding, RecallData recall, RarConfig config) {
    this.config = config;
    this.embedding = embedding;
    this.recall = recall;
    recall.pools().checkSelection(config.lookAlikes(), config.recallItems());
    int dim = embedding.dim();
    int userWidth = recall.users().rows().fields().size() * dim;
    int itemWidth = recall.items().rows().fields().size() * dim;
    userMlp = mlp(set, "rar.mlp_user", userWidth);
    itemMlp = mlp(set, "rar.mlp_item", itemWidth);
    boolean own = config.hashSource() == RarConfig.HashSource.MODEL;
    if (!own && recall.vectors() == null) {
      throw new SettingsException(
          "rar_hash_source: expected model, as the recall data holds no vectors; found recall");
    }
    if (config.variant() == RarConfig.Variant.EXACT && recall.vectors() == null) {
      throw new SettingsException(
          "rar_variant: exact compares the recall model's vectors, which rar_hash_source=recall"
              + " provides; found none");
    }
    Form form = config.hashForm();
    Tensor ofUsers =
        projection(set, "rar.projection_user", own ? userWidth : recall.vectors().dim());
    Tensor ofItems =
        projection(set, "rar.projection_item", own ? itemWidth : recall.vectors().dim());
    userSignatures =
        own
            ? Signatures.of(form, ofUsers, embedding, recall.users())
            : Signatures.of(form, ofUsers, recall.vectors().users());
    itemSignatures =
        own
            ? Signatures.of(form, ofItems, embedding, recall.items())
            : Signatures.of(form, ofItems, recall.vectors().items());
    selection =
        new Selection(
            recall.pools(),
            config.lookAlikes(),
            config.recallItems(),
            config.variant(),
            recall.vectors());
  }

  /** One of the MLPs of Eq. 5, or null for a variant without a matching matrix. */
  private Mlp mlp(ParameterSet set, String name, int width) {
    return config.variant().matches()
        ? new Mlp(set, name, width, config.hiddenUnits(), config.batchNorm(), 0, config.outUnits())
        : null;
  }

  /** P: standard normal, drawn once and kept with the model. */
  private Tensor projection(ParameterSet set, String name, int width) {
    return set.buffer(name, Init.normal(1), width, config.hashBits());
  }

  @Override
  public int extraFields() {
    return recall.users().rows().fields().size() + recall.items().rows().fields().size();
  }

  @Override
  public void refresh(Kernels kernels) {
    userSignatures.refresh(kernels);
    itemSignatures.refresh(kernels);
  }

  @Override
  public int refreshInterval() {
    return config.signatureRefresh();
  }

  @Override
  public Enriched apply(Batch batch, Variable embeddings) {
    Tape tape = embeddings.tape();
    int rows = batch.size();
    int kl = selection.lookAlikes();
    int kr = config.recallItems();
    int[] lists = tape.allocateInts(rows);
    recall.pools().lists(batch, tape.training(), lists);
    Selection.Selected selected =
        selection.select(
            tape,
            userSignatures.words(tape.kernels()),
            itemSignatures.words(tape.kernels()),
            batch.users(),
            batch.items(),
            lists,
            rows);

    Ids userIndex = Ids.of(tape.allocateInts(rows * kl), rows * kl);
    Variable users = embed(tape, recall.users(), selected.users(), userIndex);
    Ids itemIndex = Ids.of(tape.allocateInts(rows * kr), rows * kr);
    Variable items = embed(tape, recall.items(), selected.items(), itemIndex);

    float[] exposed = exposed(tape, batch, selected);
    Variable pooledUsers = pooled(users, kl);
    Variable pooledItems = pooled(items, kr);
    // Without weighting vectors the matching matrix has no reader but its loss.
    CoInteraction.Result matched =
        config.variant().weighs() || exposed != null
            ? CoInteraction.apply(
                new Selected(userMlp.apply(users), pooledUsers, userIndex, kl),
                new Selected(itemMlp.apply(items), pooledItems, itemIndex, kr),
                exposed,
                config.exposureLoss())
            : null;
    Variable vEnr =
        config.variant().weighs()
            ? matched.enriched()
            : Concat.apply(
                SumPooling.apply(pooledUsers, userIndex, kl),
                SumPooling.apply(pooledItems, itemIndex, kr));
    int fields = embeddings.shape().dim(1);
    int dim = embeddings.shape().dim(2);
    Variable enriched =
        Concat.apply(embeddings.reshape(rows, fields * dim), vEnr)
            .reshape(rows, fields + extraFields(), dim);
    Enriched result =
        exposed == null
            ? Enriched.of(enriched)
            : Enriched.of(
                enriched,
                matched.exposureLoss(),
                exposed,
                rows * kr,
                (1 - config.alpha()) / config.alpha());
    return result.with(
        new Matched(
            kl,
            kr,
            selected.users(),
            selected.items(),
            matched == null ? null : matched.matching()));
  }

  /**
   * Embeds the distinct ones of selected entities, [.., fields * d].
   *
   * @param index receives the row of each
   */
  private Variable embed(Tape tape, EntityTable table, int[] selected, Ids index) {
    SlotMap distinct = tape.slotMap(table.size());
    distinct.slots(selected, index.size(), index.data());
    Rows rows = table.pick(tape, Ids.of(distinct.ids(), distinct.count()));
    Variable e = embedding.apply(tape, rows, !config.stopGradient());
    return e.reshape(rows.size(), rows.fields().size() * embedding.dim());
  }

  /** Embeddings to be added up, k of each row, so that the sum is what the pooling says. */
  private Variable pooled(Variable e, int k) {
    return config.pooling() == RarConfig.Pooling.SCALED
        ? Scale.apply(e, (float) (1 / Math.sqrt(k)))
        : e;
  }

  /** y_ep of the selected items, or null where it is not needed. */
  private float[] exposed(Tape tape, Batch batch, Selection.Selected selected) {
    if (!tape.training() || config.alpha() == 1 || !config.variant().matches()) {
      return null;
    }
    int kl = selection.lookAlikes();
    int kr = config.recallItems();
    float[] labels = tape.allocate(batch.size() * kr).data();
    int[] users = selected.users();
    int[] items = selected.items();
    for (int b = 0; b < batch.size(); b++) {
      if (config.variant().looksAround()) {
        recall.exposures().labels(users, b * kl, kl, items, b * kr, kr, labels, b * kr);
      } else {
        int list = recall.pools().owner(batch, b);
        recall.exposures().ownLabels(list, items, b * kr, kr, labels, b * kr);
      }
    }
    return labels;
  }
}

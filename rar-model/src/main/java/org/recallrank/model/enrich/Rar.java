package org.recallrank.model.enrich;

import java.util.ArrayList;
import java.util.List;
import org.recallrank.autograd.SlotMap;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.autograd.nn.ParameterSet;
import org.recallrank.autograd.ops.Concat;
import org.recallrank.autograd.ops.Scale;
import org.recallrank.autograd.ops.fused.CoInteraction;
import org.recallrank.kernels.Ids;
import org.recallrank.kernels.Kernels;
import org.recallrank.model.base.FeatureEmbedding;
import org.recallrank.model.enrich.Interaction.Side;
import org.recallrank.model.enrich.RarConfig.Pooling;
import org.recallrank.model.enrich.Selection.Selected;
import org.recallrank.model.entity.EntityTable;
import org.recallrank.model.recall.RecallData;
import org.recallrank.model.recall.RecallPools;
import org.recallrank.model.schema.Batch;
import org.recallrank.model.schema.Rows;
import org.recallrank.tensor.Tensor;

/**
 * Recall-Augmented Ranking (Huang et al., WWW 2024): the selection module picks look-alike users
 * and recall items (Eq. 1 to 4, {@link Selection}), the co-interaction module weighs them against
 * each other (Eq. 5 to 11, {@link Interaction}), and v_enr is appended to E as whole fields of
 * width d.
 *
 * <p>The MLPs of Eq. 5 act on one entity alone, so they run once per distinct entity that the batch
 * has selected: a few thousand rows instead of batch * (k_l + k_r).
 */
public final class Rar implements Enricher {
  private final RarConfig config;
  private final FeatureEmbedding embedding;
  private final RecallData recall;
  private final Interaction interaction;
  private final List<Signatures> signatures = new ArrayList<>(); // none if nothing is hashed
  private final Selection selection;

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
    config.checkVectors(recall.vectors());
    RarParameters parameters =
        RarParameters.of(
            set, config, width(recall.users()), width(recall.items()), recall.vectors());
    interaction = interaction(parameters);
    RecallPools pools = recall.pools();
    Neighbours items = neighbours(parameters.itemProjection(), recall.items());
    selection =
        config.variant().looksAround()
            ? new Selection(
                pools,
                config.lookAlikes(),
                neighbours(parameters.userProjection(), recall.users()),
                config.recallItems(),
                items)
            : Selection.ofTargetUser(pools, config.recallItems(), items);
  }

  private Interaction interaction(RarParameters parameters) {
    if (!config.variant().matches()) {
      return new Interaction.Unmatched();
    }
    Interaction.Matching matching =
        new Interaction.Matching(parameters.userMlp(), parameters.itemMlp(), config.exposureLoss());
    return config.variant().weighs()
        ? new Interaction.Weighted(matching)
        : new Interaction.Unweighted(matching);
  }

  private Neighbours neighbours(Tensor projection, EntityTable table) {
    return switch (config.variant()) {
      case SELECT -> Neighbours.first();
      case EXACT -> Neighbours.byInnerProduct(recall.vectors().of(table.role()));
      case RAR, USER, AUX_WGHT, WGHT -> {
        Signatures own = Signatures.of(config, projection, embedding, table, recall.vectors());
        signatures.add(own);
        yield Neighbours.bySignature(own::words);
      }
    };
  }

  /** Columns of an entity's embedding. */
  private int width(EntityTable table) {
    return table.rows().fields().size() * embedding.dim();
  }

  @Override
  public int extraFields() {
    return recall.users().rows().fields().size() + recall.items().rows().fields().size();
  }

  @Override
  public void refresh(Kernels kernels) {
    signatures.forEach(s -> s.refresh(kernels));
  }

  @Override
  public int refreshInterval() {
    return config.signatureRefresh();
  }

  @Override
  public Enriched apply(Batch batch, Variable embeddings) {
    Tape tape = embeddings.tape();
    Selected selected = select(tape, batch); // Eq. 1 to 4
    Side users = embed(tape, recall.users(), selected.users(), selected.kl());
    Side items = embed(tape, recall.items(), selected.items(), selected.kr());
    Tensor exposed = learnsExposure(tape) ? exposed(tape, batch, selected) : null;
    CoInteraction.Result matched = interaction.match(users, items, exposed); // Eq. 5 to 8
    Variable vEnr = interaction.enrich(matched, users, items); // Eq. 9 to 11
    return enriched(append(embeddings, vEnr), exposed, matched)
        .with(new Matched(selected, matched.matching()));
  }

  /** Eq. 1 to 4: look-alike users and recall items of each row. */
  private Selected select(Tape tape, Batch batch) {
    int rows = batch.size();
    int[] lists = tape.allocateInts(rows);
    recall.pools().lists(batch, tape.training(), lists);
    return selection.select(
        tape, Ids.of(batch.users(), rows), Ids.of(batch.items(), rows), Ids.of(lists, rows));
  }

  /** E_L' or E_R' of the distinct ones of the selected entities. */
  private Side embed(Tape tape, EntityTable table, Ids selected, int k) {
    SlotMap distinct = tape.slotMap(table.size());
    int[] index = tape.allocateInts(selected.size());
    distinct.slots(selected, index);
    Rows rows = table.pick(tape, distinct.distinct());
    Variable e =
        embedding.apply(tape, rows, !config.stopGradient()).reshape(rows.size(), width(table));
    Variable addends =
        config.pooling() == Pooling.SCALED ? Scale.apply(e, (float) (1 / Math.sqrt(k))) : e;
    return new Side(e, addends, Ids.of(index, selected.size()), k);
  }

  /** Whether this step needs L_ep. */
  private boolean learnsExposure(Tape tape) {
    return tape.training() && config.alpha() < 1 && config.variant().matches();
  }

  /** Eq. 8: y_ep of the selected items, [rows, k_r]. */
  private Tensor exposed(Tape tape, Batch batch, Selected selected) {
    int kr = selected.kr();
    Tensor labels = tape.allocate(batch.size(), kr);
    if (config.variant().looksAround()) {
      recall.exposures().labels(selected.users(), selected.items(), labels.matrix());
      return labels;
    }
    for (int b = 0; b < batch.size(); b++) {
      int owner = recall.pools().owner(batch, b);
      recall
          .exposures()
          .ownLabels(owner, selected.items().data(), b * kr, kr, labels.data(), b * kr);
    }
    return labels;
  }

  /** v_enr behind E, as whole fields. */
  private Variable append(Variable e, Variable vEnr) {
    int rows = e.shape().dim(0);
    int fields = e.shape().dim(1);
    int dim = e.shape().dim(2);
    return Concat.apply(e.reshape(rows, fields * dim), vEnr)
        .reshape(rows, fields + extraFields(), dim);
  }

  /** E' with L_ep as Eq. 12, divided by alpha, weighs it. */
  private Enriched enriched(Variable e, Tensor exposed, CoInteraction.Result matched) {
    double weight = (1 - config.alpha()) / config.alpha();
    return exposed == null
        ? Enriched.of(e)
        : Enriched.of(e, matched.exposureLoss(), exposed.data(), exposed.size(), weight);
  }
}

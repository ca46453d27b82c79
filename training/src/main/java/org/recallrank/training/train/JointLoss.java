package org.recallrank.training.train;

import org.recallrank.autograd.Variable;
import org.recallrank.autograd.ops.Add;
import org.recallrank.autograd.ops.BceWithLogits;
import org.recallrank.autograd.ops.Scale;
import org.recallrank.model.CtrModel;
import org.recallrank.model.enrich.Enricher.Enriched;
import org.recallrank.model.schema.Batch;
import org.recallrank.tensor.Tensor;

/**
 * The joint objective L_clk + weight * auxiliary loss, or L_clk alone where the enricher has no
 * loss of its own. With RAR it is Eq. 12 divided by alpha (see {@link
 * org.recallrank.model.enrich.RarConfig}).
 *
 * @param total a scalar
 * @param click L_clk, mean binary cross-entropy of the clicks
 * @param auxiliary the enricher's loss, NaN if it has none
 * @param auxiliaryBaseline that loss for the best constant prediction, NaN if there is none
 */
public record JointLoss(Variable total, double click, double auxiliary, double auxiliaryBaseline) {

  static JointLoss of(CtrModel.Forward forward, Batch batch) {
    Variable click =
        BceWithLogits.apply(forward.logits(), Tensor.wrap(batch.labels(), batch.size()));
    Enriched enriched = forward.enriched();
    Variable auxiliary = enriched.auxiliaryLoss();
    if (auxiliary == null) {
      return new JointLoss(click, click.value().get(0), Double.NaN, Double.NaN);
    }
    Variable total = Add.apply(click, Scale.apply(auxiliary, (float) enriched.auxiliaryWeight()));
    return new JointLoss(
        total, click.value().get(0), auxiliary.value().get(0), enriched.auxiliaryBaseline());
  }
}

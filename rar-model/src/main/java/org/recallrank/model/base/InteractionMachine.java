package org.recallrank.model.base;

import org.recallrank.autograd.Variable;
import org.recallrank.autograd.nn.BatchNormLayer;
import org.recallrank.autograd.nn.LinearLayer;
import org.recallrank.autograd.nn.ParameterSet;
import org.recallrank.autograd.ops.fused.ElementarySymmetric;

/**
 * DeepIM's interaction machine: fc([BN] [e_1 ; .. ; e_K]), e_k the sum of the products of each k
 * fields ({@link ElementarySymmetric}).
 */
final class InteractionMachine {
  private final int order;
  private final BatchNormLayer norm;
  private final LinearLayer fc;

  /**
   * @param order K
   */
  InteractionMachine(ParameterSet set, String name, int dim, int order, boolean batchNorm) {
    this.order = order;
    norm = batchNorm ? new BatchNormLayer(set, name + ".bn", order * dim) : null;
    fc = new LinearLayer(set, name + ".fc", order * dim, 1, true);
  }

  /** E [rows, fields, d] to [rows, 1]. */
  Variable apply(Variable e) {
    Variable interactions = ElementarySymmetric.apply(e, order);
    if (norm != null) {
      interactions = norm.apply(interactions, false, 0);
    }
    return fc.apply(interactions);
  }
}

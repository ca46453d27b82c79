package org.recallrank.model.enrich;

import org.recallrank.autograd.Variable;
import org.recallrank.autograd.nn.Mlp;
import org.recallrank.autograd.ops.Concat;
import org.recallrank.autograd.ops.SumPooling;
import org.recallrank.autograd.ops.fused.CoInteraction;
import org.recallrank.autograd.ops.fused.CoInteraction.ExposureLoss;
import org.recallrank.autograd.ops.fused.CoInteraction.Result;
import org.recallrank.autograd.ops.fused.CoInteraction.Selected;
import org.recallrank.kernels.Ids;
import org.recallrank.tensor.Tensor;

/** The co-interaction module (section 3.2), and what the ablations of Table 3 leave of it. */
sealed interface Interaction {

  /** M and L_ep of a variant without them. */
  Result NOTHING = new Result(null, null, null, null);

  /**
   * Selected users or items: the distinct ones, and which of them each row has selected.
   *
   * @param embeddings E_L' or E_R', [.., fields * d]
   * @param addends the same as they are to be summed by Eq. 10
   * @param index rows of both, k for each row of the batch
   */
  record Side(Variable embeddings, Variable addends, Ids index, int k) {

    private Selected through(Mlp mlp) {
      return new Selected(mlp.apply(embeddings), addends, index, k);
    }

    private Variable sum() {
      return SumPooling.apply(addends, index, k);
    }
  }

  /**
   * Eq. 5 to 8: M, and L_ep where there are labels.
   *
   * @param exposed y_ep [rows, k_r] of 0 and 1, or null
   * @return with null for what the variant does not have
   */
  Result match(Side users, Side items, Tensor exposed);

  /** Eq. 9 to 11: v_enr of what has been matched. */
  Variable enrich(Result matched, Side users, Side items);

  /** The MLPs of Eq. 5, M, and its loss. */
  record Matching(Mlp userMlp, Mlp itemMlp, ExposureLoss reading) {

    private Result apply(Side users, Side items, Tensor exposed) {
      return CoInteraction.apply(
          users.through(userMlp),
          items.through(itemMlp),
          exposed == null ? null : exposed.data(),
          reading);
    }
  }

  /** All of it: M weighs what is summed, which the operation that computes M does on the way. */
  record Weighted(Matching matching) implements Interaction {
    @Override
    public Result match(Side users, Side items, Tensor exposed) {
      return matching.apply(users, items, exposed);
    }

    @Override
    public Variable enrich(Result matched, Side users, Side items) {
      return matched.enriched();
    }
  }

  /** Without weighting vectors: M has no reader but its loss. */
  record Unweighted(Matching matching) implements Interaction {
    @Override
    public Result match(Side users, Side items, Tensor exposed) {
      return exposed == null ? NOTHING : matching.apply(users, items, exposed);
    }

    @Override
    public Variable enrich(Result matched, Side users, Side items) {
      return sums(users, items);
    }
  }

  /** Sum pooling alone. */
  record Unmatched() implements Interaction {
    @Override
    public Result match(Side users, Side items, Tensor exposed) {
      return NOTHING;
    }

    @Override
    public Variable enrich(Result matched, Side users, Side items) {
      return sums(users, items);
    }
  }

  private static Variable sums(Side users, Side items) {
    return Concat.apply(users.sum(), items.sum());
  }
}

package org.recallrank.model.base;

import java.util.List;
import org.recallrank.autograd.Parameter;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.autograd.nn.Init;
import org.recallrank.autograd.nn.ParameterSet;
import org.recallrank.autograd.ops.AddRow;
import org.recallrank.autograd.ops.RowSum;
import org.recallrank.model.schema.Field;

/**
 * The linear term "LR": one weight per value, summed over the fields, plus a bias if asked for
 * (FuxiCTR's {@code layers/blocks/logistic_regression.py}). Enrichers leave it alone: it sees the
 * row's own fields.
 */
public final class FirstOrder {
  private final FeatureEmbedding weights;
  private final Parameter bias;

  /**
   * Builds the weights, and the bias {@code name.bias}, if there is to be one, from 0.
   *
   * @param fields the row's own fields
   * @param std standard deviation of the weights at the start
   */
  public FirstOrder(
      ParameterSet set, String name, List<Field> fields, double std, boolean withBias) {
    weights = FeatureEmbedding.firstOrder(set, name, fields, std);
    bias =
        withBias ? set.dense(name + ".bias", Parameter.Group.NETWORK, Init.constant(0), 1) : null;
  }

  /** [rows, 1]. */
  public Variable apply(ModelInput in) {
    Tape tape = in.embeddings().tape();
    Variable w = weights.apply(tape, in.batch().rows());
    Variable sum = RowSum.apply(w.reshape(in.batch().size(), w.shape().dim(1)));
    return bias == null ? sum : AddRow.apply(sum, tape.parameter(bias));
  }
}

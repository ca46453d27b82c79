package org.recallrank.autograd.nn;

import org.recallrank.autograd.Parameter;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.autograd.ops.LayerNorm;

/** PyTorch's LayerNorm over the last axis. */
public final class LayerNormLayer {
  private final Parameter gamma;
  private final Parameter beta;
  private final float epsilon;

  /**
   * Adds {@code name.weight} from 1 and {@code name.bias} from 0.
   *
   * @param features length of the last axis
   * @param epsilon added to the variance
   */
  public LayerNormLayer(ParameterSet set, String name, int features, float epsilon) {
    gamma = set.dense(name + ".weight", Parameter.Group.NETWORK, Init.constant(1), features);
    beta = set.dense(name + ".bias", Parameter.Group.NETWORK, Init.constant(0), features);
    this.epsilon = epsilon;
  }

  Variable gamma(Tape tape) {
    return tape.parameter(gamma);
  }

  Variable beta(Tape tape) {
    return tape.parameter(beta);
  }

  /** Normalises x [.., features]. */
  public Variable apply(Variable x) {
    return apply(x, null, false);
  }

  /** Of x + residual (null: of x), with a ReLU behind it if asked for. */
  public Variable apply(Variable x, Variable residual, boolean relu) {
    Tape tape = x.tape();
    return LayerNorm.apply(x, residual, tape.parameter(gamma), tape.parameter(beta), epsilon, relu);
  }
}

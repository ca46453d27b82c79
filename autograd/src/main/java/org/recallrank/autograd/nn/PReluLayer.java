package org.recallrank.autograd.nn;

import org.recallrank.autograd.Parameter;
import org.recallrank.autograd.Variable;
import org.recallrank.autograd.ops.PRelu;

/** PyTorch's PReLU with one slope, from 0.25. */
public final class PReluLayer {
  private final Parameter slope;

  /** Adds the slope as {@code name.weight}. */
  public PReluLayer(ParameterSet set, String name) {
    slope = set.dense(name + ".weight", Parameter.Group.NETWORK, Init.constant(0.25f), 1);
  }

  /** Of x in any shape. */
  public Variable apply(Variable x) {
    return PRelu.apply(x, x.tape().parameter(slope));
  }
}

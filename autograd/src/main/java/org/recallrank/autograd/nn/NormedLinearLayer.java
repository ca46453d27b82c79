package org.recallrank.autograd.nn;

import org.recallrank.autograd.Parameter;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.autograd.ops.fused.NormedLinear;

/** A linear layer behind a layer normalisation's scale and shift, as one matrix. */
public final class NormedLinearLayer {
  private final Parameter weight;
  private final Parameter bias;
  private final LayerNormLayer norm;

  /**
   * Parameters {@code name.weight} [out, in] and {@code name.bias} [out].
   *
   * @param norm what stands before it, of {@code in} features; its parameters are there already
   */
  public NormedLinearLayer(
      ParameterSet set, String name, LayerNormLayer norm, int in, int out, Init start) {
    weight = set.dense(name + ".weight", Parameter.Group.NETWORK, start, out, in);
    bias = set.dense(name + ".bias", Parameter.Group.NETWORK, Init.constant(0), out);
    this.norm = norm;
  }

  /**
   * The matrix.
   *
   * @return [out, in + 1], see {@link NormedLinear}
   */
  public Variable matrix(Tape tape) {
    return NormedLinear.apply(
        tape.parameter(weight), tape.parameter(bias), norm.gamma(tape), norm.beta(tape));
  }
}

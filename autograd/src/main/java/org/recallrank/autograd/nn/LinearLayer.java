package org.recallrank.autograd.nn;

import org.recallrank.autograd.Parameter;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.autograd.ops.Linear;
import org.recallrank.kernels.MatMulKernel.Activation;

/**
 * y = x W^T + b: PyTorch's Linear, xavier-normal weights and zero biases as FuxiCTR starts them.
 */
public final class LinearLayer {
  private final Parameter weight;
  private final Parameter bias;

  /** Parameters {@code name.weight} [out, in] and, if asked for, {@code name.bias} [out]. */
  public LinearLayer(ParameterSet set, String name, int in, int out, boolean withBias) {
    weight =
        set.dense(name + ".weight", Parameter.Group.NETWORK, Init.xavierNormal(in, out), out, in);
    bias =
        withBias ? set.dense(name + ".bias", Parameter.Group.NETWORK, Init.constant(0), out) : null;
  }

  /** [rows, in] to [rows, out]. */
  public Variable apply(Tape tape, Variable x) {
    return apply(tape, x, Activation.NONE);
  }

  /** With an activation fused. */
  public Variable apply(Tape tape, Variable x, Activation activation) {
    return Linear.apply(
        tape, x, tape.parameter(weight), bias == null ? null : tape.parameter(bias), activation);
  }
}

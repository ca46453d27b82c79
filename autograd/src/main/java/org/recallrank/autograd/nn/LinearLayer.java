package org.recallrank.autograd.nn;

import org.recallrank.autograd.Parameter;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.autograd.ops.BatchNorm;
import org.recallrank.autograd.ops.Linear;
import org.recallrank.autograd.ops.fused.DenseStack;
import org.recallrank.autograd.ops.fused.NormedLinear;
import org.recallrank.kernels.MatMulKernel.Activation;

/** y = x W^T + b: PyTorch's Linear. */
public final class LinearLayer {
  private final Parameter weight;
  private final Parameter bias;

  /** Xavier-normal weights and, if asked for, zero biases, as FuxiCTR starts them. */
  public LinearLayer(ParameterSet set, String name, int in, int out, boolean withBias) {
    this(set, name, in, out, Init.xavierNormal(in, out), withBias ? Init.constant(0) : null);
  }

  /**
   * Parameters {@code name.weight} [out, in] and {@code name.bias} [out].
   *
   * @param bias how the bias begins, or null for a layer without
   */
  public LinearLayer(ParameterSet set, String name, int in, int out, Init weight, Init bias) {
    this.weight = set.dense(name + ".weight", Parameter.Group.NETWORK, weight, out, in);
    this.bias = bias == null ? null : set.dense(name + ".bias", Parameter.Group.NETWORK, bias, out);
  }

  /**
   * The layer as part of a chain; it must have a bias.
   *
   * @param norm null for none
   */
  DenseStack.Layer inStack(Tape tape, BatchNorm.Norm norm, Activation activation, float dropout) {
    return new DenseStack.Layer(
        tape.parameter(weight), tape.parameter(bias), norm, activation, dropout);
  }

  /** [rows, in] to [rows, out]. */
  public Variable apply(Variable x) {
    return apply(x, Activation.NONE);
  }

  /**
   * This layer, which must have a bias, behind a normalisation's scale and shift as one matrix.
   *
   * @return [out, in + 1], see {@link NormedLinear}
   */
  public Variable behind(Tape tape, LayerNormLayer norm) {
    return NormedLinear.apply(
        tape.parameter(weight), tape.parameter(bias), norm.gamma(tape), norm.beta(tape));
  }

  /** With an activation fused. */
  public Variable apply(Variable x, Activation activation) {
    Tape tape = x.tape();
    return Linear.apply(
        x, tape.parameter(weight), bias == null ? null : tape.parameter(bias), activation);
  }
}

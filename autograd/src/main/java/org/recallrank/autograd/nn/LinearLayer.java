package org.recallrank.autograd.nn;

import org.recallrank.autograd.Parameter;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.autograd.ops.BatchNorm;
import org.recallrank.autograd.ops.Linear;
import org.recallrank.autograd.ops.fused.DenseStack;
import org.recallrank.kernels.MatMulKernel.Activation;
import org.recallrank.kernels.MatMulKernel.Packed;
import org.recallrank.tensor.Tensor;

/** y = x W^T + b: PyTorch's Linear. Of a frozen set it holds W and b packed. */
public final class LinearLayer {
  private final Parameter weight; // null if they are packed
  private final Parameter bias; // null for none, or if they are packed
  private final Packed packed;

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
    Parameter w = set.dense(name + ".weight", Parameter.Group.NETWORK, weight, out, in);
    Parameter b =
        bias == null ? null : set.dense(name + ".bias", Parameter.Group.NETWORK, bias, out);
    packed = set.isFrozen() ? pack(set, w.value(), b == null ? null : b.value()) : null;
    this.weight = packed == null ? w : null;
    this.bias = packed == null ? b : null;
  }

  private LinearLayer(Packed packed) {
    this.packed = packed;
    weight = null;
    bias = null;
  }

  /**
   * A layer of values that are there.
   *
   * @param set a frozen one
   * @param w [out, in]
   * @param b [out]
   */
  static LinearLayer packed(ParameterSet set, Tensor w, Tensor b) {
    return new LinearLayer(pack(set, w, b));
  }

  private static Packed pack(ParameterSet set, Tensor w, Tensor b) {
    return set.kernels().matMul().pack(w.transposed(), b == null ? null : b.vec());
  }

  /**
   * The layer as part of a chain; it must have a bias, and not be of a frozen set.
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

  /** With an activation fused. */
  public Variable apply(Variable x, Activation activation) {
    if (packed != null) {
      return Linear.packed(x, packed, activation);
    }
    Tape tape = x.tape();
    return Linear.apply(
        x, tape.parameter(weight), bias == null ? null : tape.parameter(bias), activation);
  }
}

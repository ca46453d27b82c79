package org.recallrank.autograd.nn;

import org.recallrank.autograd.Parameter;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.autograd.ops.fused.DenseStack;
import org.recallrank.kernels.MatMulKernel.Activation;
import org.recallrank.tensor.Tensor;

/**
 * A {@link LinearLayer} with batch normalisation behind it, or without. Of a frozen set the two are
 * one product: with s = gamma / sqrt(variance + epsilon), s W takes the place of W, and s (b -
 * mean) + beta that of b.
 */
public final class DenseLayer {
  private final LinearLayer linear;
  private final BatchNormLayer norm; // null: none, or it is in the product

  /**
   * Parameters {@code name.weight} [out, in] and {@code name.bias} [out], and those of the
   * normalisation.
   *
   * @param norm what these are called, or null for no normalisation
   */
  public DenseLayer(
      ParameterSet set, String name, String norm, int in, int out, Init weight, Init bias) {
    if (norm == null || !set.isFrozen()) {
      linear = new LinearLayer(set, name, in, out, weight, bias);
      this.norm = norm == null ? null : new BatchNormLayer(set, norm, out);
      return;
    }
    Tensor w = set.dense(name + ".weight", Parameter.Group.NETWORK, weight, out, in).value();
    Tensor b = set.dense(name + ".bias", Parameter.Group.NETWORK, bias, out).value();
    new BatchNormLayer(set, norm, out).foldInto(w, b);
    linear = LinearLayer.packed(set, w, b);
    this.norm = null;
  }

  /** The layer as part of a chain of the tape's next operation; not of a frozen set. */
  DenseStack.Layer inStack(Tape tape, int rows, Activation activation, float dropout) {
    return linear.inStack(tape, norm == null ? null : norm.norm(tape, rows), activation, dropout);
  }

  /** [rows, in] to [rows, out]. */
  public Variable apply(Variable x) {
    return apply(x, false);
  }

  /** With a ReLU behind it if asked for. */
  public Variable apply(Variable x, boolean relu) {
    if (norm != null) {
      return norm.apply(linear.apply(x), relu, 0);
    }
    return linear.apply(x, relu ? Activation.RELU : Activation.NONE);
  }
}

package org.recallrank.autograd.ops;

import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.kernels.LayerNormKernel;
import org.recallrank.tensor.Tensor;

/**
 * Layer normalisation over the last axis: y = gamma * (s - mean) / sqrt(variance + epsilon) + beta,
 * variance biased (Ba et al. 2016), fused with the residual before it and the ReLU behind it.
 */
public final class LayerNorm {
  private LayerNorm() {}

  /** Of s = x alone, and without ReLU. */
  public static Variable apply(Variable x, Variable gamma, Variable beta, float epsilon) {
    return apply(x, null, gamma, beta, epsilon, false);
  }

  /**
   * Of s = x + residual.
   *
   * @param residual of the size of x, or null for none
   * @param gamma [cols]
   * @param beta [cols]
   * @return of the shape of x
   */
  public static Variable apply(
      Variable x, Variable residual, Variable gamma, Variable beta, float epsilon, boolean relu) {
    Tape tape = x.tape();
    int rows = x.value().rows();
    int cols = x.value().cols();
    Checks.size("layer norm", "gamma", gamma, cols);
    Checks.size("layer norm", "beta", beta, cols);
    boolean inputNeedsGradient = x.needsGradient();
    if (residual != null) {
      Checks.sameSize("layer norm", x, residual);
      inputNeedsGradient |= residual.needsGradient();
    }
    LayerNormKernel kernel = tape.kernels().layerNorm();
    Variable y =
        tape.output(inputNeedsGradient || gamma.needsGradient() || beta.needsGradient(), x.shape());
    Tensor yv = y.value();
    Tensor gammas = gamma.value();
    float[] normal = tape.allocate(rows, cols).data();
    float[] invStd = tape.allocate(rows).data();
    kernel.forward(
        x.value().data(),
        x.value().offset(),
        residual == null ? null : residual.value().data(),
        residual == null ? 0 : residual.value().offset(),
        rows,
        cols,
        gammas.data(),
        gammas.offset(),
        beta.value().data(),
        beta.value().offset(),
        epsilon,
        relu,
        normal,
        invStd,
        yv.data(),
        yv.offset());
    boolean someInput = inputNeedsGradient;
    tape.record(
        y,
        () -> {
          Tensor dy = y.gradient();
          Tensor dGamma = gamma.gradientToAddTo();
          Tensor dBeta = beta.gradientToAddTo();
          // The gradient of s is that of x or, where x has one already, takes the place of dy.
          boolean add = x.needsGradient() && x.startGradient();
          Tensor ds = x.needsGradient() && !add ? x.gradient() : dy;
          kernel.backward(
              normal,
              invStd,
              yv.data(),
              yv.offset(),
              dy.data(),
              dy.offset(),
              rows,
              cols,
              gammas.data(),
              gammas.offset(),
              relu,
              someInput ? ds.data() : null,
              ds.offset(),
              false,
              dGamma.data(),
              dGamma.offset(),
              dBeta.data(),
              dBeta.offset());
          if (add) {
            Add.pass(ds, x, 1);
          }
          if (residual != null && residual.needsGradient()) {
            Add.pass(ds, residual, 1);
          }
        });
    return y;
  }
}

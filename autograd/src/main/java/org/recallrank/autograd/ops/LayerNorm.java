package org.recallrank.autograd.ops;

import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.kernels.Affine;
import org.recallrank.kernels.LayerNormKernel;
import org.recallrank.kernels.LayerNormKernel.Gradients;
import org.recallrank.kernels.LayerNormKernel.Normal;
import org.recallrank.kernels.LayerNormKernel.Pass;
import org.recallrank.kernels.Matrix;
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
    ShapeChecks.size("layer norm", "gamma", gamma, cols);
    ShapeChecks.size("layer norm", "beta", beta, cols);
    boolean inputNeedsGradient = x.needsGradient();
    if (residual != null) {
      ShapeChecks.sameSize("layer norm", x, residual);
      inputNeedsGradient |= residual.needsGradient();
    }
    LayerNormKernel kernel = tape.kernels().layerNorm();
    boolean needsGradient = inputNeedsGradient || gamma.needsGradient() || beta.needsGradient();
    Variable y = tape.output(needsGradient, x.shape());
    Normal normal = new Normal(tape.allocate(rows, cols).matrix(), tape.allocate(rows).vec());
    Pass pass =
        new Pass(
            x.matrix(),
            residual == null ? null : residual.value().vec().matrix(rows, cols),
            new Affine(gamma.vec(), beta.vec()),
            epsilon,
            relu,
            normal,
            y.matrix());
    tape.forward(() -> kernel.forward(pass));
    boolean someInput = inputNeedsGradient;
    tape.record(
        y,
        () -> {
          Tensor dy = y.gradient();
          Affine d = new Affine(gamma.gradientToAddTo().vec(), beta.gradientToAddTo().vec());
          // The gradient of s is that of x or, where x has one already, takes the place of dy.
          boolean add = x.needsGradient() && x.startGradient();
          Tensor ds = x.needsGradient() && !add ? x.gradient() : dy;
          Matrix dx = someInput ? ds.matrix() : null;
          kernel.backward(pass, dy.matrix(), new Gradients(dx, false, d));
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

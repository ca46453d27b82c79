package org.recallrank.kernels;

/**
 * Layer normalisation of each row of a matrix (Ba et al. 2016), fused with the residual before it
 * and the ReLU behind it. Matrices are dense.
 */
public interface LayerNormKernel {

  /**
   * What the forward pass leaves to the backward pass.
   *
   * @param values normalised rows, [rows, cols]
   * @param invStd an element per row
   */
  record Normal(Matrix values, Vec invStd) {}

  /**
   * One normalisation: y = relu(gamma * normal + beta), with ReLU or without, where normal = (s -
   * mean(s)) * invStd, s = x + residual and invStd = 1 / sqrt(variance(s) + epsilon), mean and
   * biased variance (divided by cols) of a row.
   *
   * @param x [rows, cols]
   * @param residual of the same shape, or null for none
   * @param normal written by {@link #forward}
   * @param y of the same shape, likewise; must not overlap x or residual
   */
  record Pass(
      Matrix x,
      Matrix residual,
      Affine affine,
      float epsilon,
      boolean relu,
      Normal normal,
      Matrix y) {}

  /**
   * Where gradients go.
   *
   * @param dx may be dy if not accumulating; null if nobody needs it
   * @param accumulate whether to add to what is in dx, rather than to replace it
   * @param affine to which is added
   */
  record Gradients(Matrix dx, boolean accumulate, Affine affine) {}

  /**
   * Fills in y and normal. Two passes over a row, so that a large mean does not spoil the variance.
   *
   * @throws IllegalArgumentException if the sizes do not fit each other
   */
  void forward(Pass pass);

  /**
   * Gradient of {@link #forward}. With g = dy where y &gt; 0, else 0 (without ReLU: g = dy):
   *
   * <pre>
   * dBeta_j += sum_i g          dGamma_j += sum_i g * normal
   * dx (+)= invStd * (g * gamma - mean(g * gamma) - normal * mean(g * gamma * normal))
   * </pre>
   *
   * The gradient of the residual is that of x. Neither of the two is read.
   *
   * @throws IllegalArgumentException if the sizes do not fit each other
   */
  void backward(Pass pass, Matrix dy, Gradients gradients);
}

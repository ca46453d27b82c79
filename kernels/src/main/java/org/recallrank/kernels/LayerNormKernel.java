package org.recallrank.kernels;

/**
 * Layer normalisation of each row of a dense [rows, cols] matrix (Ba et al. 2016), fused with the
 * residual before it and the ReLU behind it.
 */
public interface LayerNormKernel {

  /**
   * y = relu(gamma * normal + beta), with ReLU or without, where normal = (s - mean(s)) * invStd, s
   * = x + residual and invStd = 1 / sqrt(variance(s) + epsilon), mean and biased variance (divided
   * by cols) of a row. Two passes over the row, so that a large mean does not spoil the variance.
   *
   * @param residual [rows, cols], or null for none
   * @param gamma cols values, as beta
   * @param normal [rows, cols] from element 0; for {@link #backward}
   * @param invStd [rows] from element 0; for {@link #backward}
   * @param y must not overlap x or residual
   */
  void forward(
      float[] x,
      int xOffset,
      float[] residual,
      int residualOffset,
      int rows,
      int cols,
      float[] gamma,
      int gammaOffset,
      float[] beta,
      int betaOffset,
      float epsilon,
      boolean relu,
      float[] normal,
      float[] invStd,
      float[] y,
      int yOffset);

  /**
   * Gradient of {@link #forward}. With g = dy where y &gt; 0, else 0 (without ReLU: g = dy):
   *
   * <pre>
   * dBeta_j += sum_i g          dGamma_j += sum_i g * normal
   * dx (+)= invStd * (g * gamma - mean(g * gamma) - normal * mean(g * gamma * normal))
   * </pre>
   *
   * The gradient of the residual is that of x.
   *
   * @param y read with ReLU only
   * @param dx may be the array of dy (same offset) if not accumulating; null if nobody needs it
   */
  void backward(
      float[] normal,
      float[] invStd,
      float[] y,
      int yOffset,
      float[] dy,
      int dyOffset,
      int rows,
      int cols,
      float[] gamma,
      int gammaOffset,
      boolean relu,
      float[] dx,
      int dxOffset,
      boolean accumulate,
      float[] dGamma,
      int dGammaOffset,
      float[] dBeta,
      int dBetaOffset);
}

package org.recallrank.kernels;

/**
 * Batch normalisation over the rows of a dense [rows, cols] matrix (Ioffe, Szegedy 2015), fused
 * with the ReLU and the dropout that follow it.
 */
public interface BatchNormKernel {

  /**
   * Mean and biased variance (divided by rows) of each column. Two passes over the data, so that a
   * large mean does not spoil the variance.
   */
  void moments(float[] x, int xOffset, int rows, int cols, float[] mean, float[] variance);

  /**
   * y = drop(relu(gamma * (x - mean) * invStd + beta)), ReLU and dropout as asked. Dropout as
   * {@link VectorMath#dropout}, with the element's position in the matrix as its index; p = 0 is
   * none.
   */
  void forward(
      float[] x,
      int xOffset,
      int rows,
      int cols,
      float[] mean,
      float[] invStd,
      float[] gamma,
      float[] beta,
      boolean relu,
      float p,
      long seed,
      float[] y,
      int yOffset);

  /**
   * Gradient of {@link #forward} where mean and invStd are those of x itself. With g = dy where y
   * &gt; 0, else 0, times 1/(1-p) (with ReLU; dropout without ReLU is not offered), xhat = (x -
   * mean) * invStd:
   *
   * <pre>
   * dBeta_j  += sum_i g          dGamma_j += sum_i g * xhat
   * dx (+)= gamma * invStd * (g - (sum_i g + xhat * sum_i g * xhat) / rows)
   * </pre>
   *
   * @param p the dropout probability of the forward call
   * @param dx may be the array of dy (same offset) if not accumulating
   */
  void backward(
      float[] x,
      int xOffset,
      float[] y,
      int yOffset,
      float[] dy,
      int dyOffset,
      int rows,
      int cols,
      float[] mean,
      float[] invStd,
      float[] gamma,
      boolean relu,
      float p,
      float[] dx,
      int dxOffset,
      boolean accumulate,
      float[] dGamma,
      float[] dBeta);
}

package org.recallrank.kernels;

/**
 * Batch normalisation over the rows of a matrix (Ioffe, Szegedy 2015), fused with the ReLU and the
 * dropout that follow it. Vectors have an element per column, matrices are dense.
 */
public interface BatchNormKernel {

  /**
   * By what columns are normalised.
   *
   * @param invStd 1 / sqrt(variance + epsilon)
   */
  record Moments(Vec mean, Vec invStd) {}

  /**
   * What follows the normalisation.
   *
   * @param p probability of dropping, as {@link VectorMath#dropout} with the element's position in
   *     the matrix as its index; 0 is none, and without a ReLU it must be
   */
  record After(boolean relu, float p, long seed) {}

  /**
   * One normalisation, y = drop(relu(gamma * (x - mean) * invStd + beta)).
   *
   * @param x [rows, cols]
   * @param y of the same shape, written by {@link #forward}
   */
  record Pass(Matrix x, Moments moments, Affine affine, After after, Matrix y) {}

  /**
   * Where gradients go.
   *
   * @param dx may be dy if not accumulating
   * @param accumulate whether to add to what is in dx, rather than to replace it
   * @param affine to which is added
   */
  record Gradients(Matrix dx, boolean accumulate, Affine affine) {}

  /**
   * Mean and biased variance (divided by rows) of each column of x, which has at least one row. Two
   * passes over the data, so that a large mean does not spoil the variance.
   *
   * @throws IllegalArgumentException if the sizes do not fit each other
   */
  void moments(Matrix x, Vec mean, Vec variance);

  /**
   * Fills in y.
   *
   * @throws IllegalArgumentException if the sizes do not fit each other, or p is out of range
   */
  void forward(Pass pass);

  /**
   * Gradient of {@link #forward} where mean and invStd are those of x itself. With g = dy where y
   * &gt; 0, else 0, times 1/(1-p) (without ReLU: g = dy), xhat = (x - mean) * invStd:
   *
   * <pre>
   * dBeta_j  += sum_i g          dGamma_j += sum_i g * xhat
   * dx (+)= gamma * invStd * (g - (sum_i g + xhat * sum_i g * xhat) / rows)
   * </pre>
   *
   * @throws IllegalArgumentException if the sizes do not fit each other, or p is out of range
   */
  void backward(Pass pass, Matrix dy, Gradients gradients);
}

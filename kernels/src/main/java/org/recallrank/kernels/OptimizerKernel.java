package org.recallrank.kernels;

/** Parameter updates, each one pass over the memory it needs. */
public interface OptimizerKernel {

  /**
   * The constants of one Adam step (Kingma, Ba 2015, as PyTorch computes it).
   *
   * @param gradientScale factor of the whole gradient, from clipping by global norm
   * @param lambda L2 coefficient: the gradient is gradientScale * (g + lambda * w)
   * @param stepSize lr / (1 - beta1^t)
   * @param beta1 decay of the mean; in double, because 1 - beta is taken before rounding to float
   * @param beta2 decay of the mean square
   * @param rootOfCorrection sqrt(1 - beta2^t)
   */
  record AdamStep(
      float gradientScale,
      float lambda,
      float stepSize,
      double beta1,
      double beta2,
      float epsilon,
      float rootOfCorrection) {}

  /**
   * For n elements, with G = gradientScale * (g + lambda * w): m = beta1 m + (1-beta1) G; v = beta2
   * v + (1-beta2) G^2; w -= stepSize * m / (sqrt(v) / rootOfCorrection + epsilon).
   *
   * @return the sum of squares of the new w
   */
  double adam(
      float[] w,
      int wOffset,
      float[] m,
      float[] v,
      int stateOffset,
      float[] g,
      int gOffset,
      int n,
      AdamStep step);

  /**
   * {@link #adam} over a whole table [rows, dim] whose gradient is given for some rows only: row r
   * has gradient row slotOfRow[r] of g (dense [.., dim]), or 0 where slotOfRow[r] is negative. One
   * streaming pass over w, m and v.
   *
   * @return the sum of squares of the new w
   */
  double adamTable(
      float[] w,
      int wOffset,
      float[] m,
      float[] v,
      int rows,
      int dim,
      int[] slotOfRow,
      float[] g,
      AdamStep step);

  /** w -= lr * gradientScale * (g + lambda * w). Returns the sum of squares of the new w. */
  double sgd(
      float[] w,
      int wOffset,
      float[] g,
      int gOffset,
      int n,
      float gradientScale,
      float lambda,
      float lr);

  /**
   * Adagrad (Duchi et al. 2011, as PyTorch): with G = gradientScale * (g + lambda * w), s += G^2; w
   * -= lr * G / (sqrt(s) + epsilon). Returns the sum of squares of the new w.
   */
  double adagrad(
      float[] w,
      int wOffset,
      float[] s,
      int stateOffset,
      float[] g,
      int gOffset,
      int n,
      float gradientScale,
      float lambda,
      float lr,
      float epsilon);
}

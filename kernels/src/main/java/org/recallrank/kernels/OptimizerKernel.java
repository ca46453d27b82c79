package org.recallrank.kernels;

/**
 * Parameter updates, each one pass over the memory it needs. All return the sum of the squares of
 * the weights that they updated, as they are afterwards.
 */
public interface OptimizerKernel {

  /** The gradient g of a parameter, of as many elements or, of a table, for some rows only. */
  sealed interface Gradient {}

  /** Of all elements. */
  record Dense(Vec values) implements Gradient {}

  /**
   * Of some rows of a table, of which every row is updated: row r has row slotOfRow[r] of {@code
   * values} for its gradient, or 0 where slotOfRow[r] is negative.
   */
  record Table(int[] slotOfRow, Matrix values) implements Gradient {}

  /** Of some rows of a table, of which no other is touched: row rows[s] has row s of the values. */
  record Rows(Ids rows, Matrix values) implements Gradient {}

  /** The weights w of a parameter, the mean m of its gradients and that of their squares v. */
  record Moments(Vec w, Vec m, Vec v) {}

  /** The weights w of a parameter, and the sum s of the squares of its gradients. */
  record Squares(Vec w, Vec s) {}

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

  /** The constants of one step of the rules without moments: rate lr, the others as of Adam. */
  record PlainStep(float gradientScale, float lambda, float lr) {}

  /**
   * With G = gradientScale * (g + lambda * w): m = beta1 m + (1-beta1) G; v = beta2 v + (1-beta2)
   * G^2; w -= stepSize * m / (sqrt(v) / rootOfCorrection + epsilon).
   */
  double adam(Moments moments, Gradient gradient, AdamStep step);

  /** w -= lr * gradientScale * (g + lambda * w). */
  double sgd(Vec w, Gradient gradient, PlainStep step);

  /**
   * Adagrad (Duchi et al. 2011, as PyTorch): with G = gradientScale * (g + lambda * w), s += G^2; w
   * -= lr * G / (sqrt(s) + epsilon).
   */
  double adagrad(Squares squares, Gradient gradient, PlainStep step, float epsilon);
}

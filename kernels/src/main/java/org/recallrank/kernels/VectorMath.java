package org.recallrank.kernels;

/**
 * Element-wise functions and reductions of vectors and of dense matrices.
 *
 * <p>Vectors of one call are of one size. Unless said otherwise input and output may be the same
 * but must not overlap partly. {@code accumulate} adds to the output instead of replacing it;
 * without it the output is not read. NaN goes through every function. Reductions add in a fixed
 * order in double precision (chunk sums in chunk order).
 *
 * @implSpec Stated bounds hold for every backend: exp 2 ulp + 1e-7 relative (0 below -104, Infinity
 *     above 88.73), sigmoid and tanh 3e-7 relative.
 */
public interface VectorMath extends RowMath {

  /** y = e^x. */
  void exp(Vec x, Vec y);

  /** y = 1 / (1 + e^-x). */
  void sigmoid(Vec x, Vec y);

  /** y = tanh(x). */
  void tanh(Vec x, Vec y);

  /** y = max(x, 0). */
  void relu(Vec x, Vec y);

  /**
   * Gradient of a ReLU (scaled, as dropout leaves it) from its output: dx = y &gt; 0 ? scale * dy :
   * 0.
   */
  void reluGradient(Vec y, Vec dy, float scale, Vec dx, boolean accumulate);

  /**
   * Inverted dropout: y[i] = keep(i) ? x[i] / (1 - p) : 0, where keep(i) is {@link
   * CounterHash#keep}(seed, i, p). Same bits on every backend; calling it again with the same seed
   * on a gradient gives the gradient of the input.
   *
   * @param p probability of dropping, in [0, 1)
   */
  void dropout(Vec x, Vec y, float p, long seed, boolean accumulate);

  /** y = alpha * x, or y += alpha * x. */
  void scale(float alpha, Vec x, Vec y, boolean accumulate);

  /** z = x + y. */
  void add(Vec x, Vec y, Vec z);

  /** z = x * y element by element, or z += x * y. */
  void multiply(Vec x, Vec y, Vec z, boolean accumulate);

  /** Sum of the elements. */
  double sum(Vec x);

  /** Sum of the squares of the elements. */
  default double sumOfSquares(Vec x) {
    return dot(x, x);
  }

  /** Inner product. */
  double dot(Vec x, Vec y);

  /** The largest element; -Infinity if there is none, NaN if any is NaN. */
  float max(Vec x);

  /**
   * y[j] (+)= sum over i of x[i, j].
   *
   * @param x not transposed, but not necessarily dense
   */
  void columnSums(Matrix x, Vec y, boolean accumulate);

  /** Softmax of each row of x into y. The row maximum is subtracted first. */
  void softmaxRows(Matrix x, Matrix y);

  /** Gradient of {@link #softmaxRows}: dx_i (+)= y_i * (dy_i - dy_i . y_i). */
  void softmaxRowsGradient(Matrix y, Matrix dy, Matrix dx, boolean accumulate);

  /**
   * Binary cross-entropy with logits and its gradient in one pass: returns the sum over i of
   * max(z,0) - z * t + ln(1 + e^-|z|), in double, and writes dz = scale * (sigmoid(z) - t).
   *
   * @param t targets in [0, 1]
   */
  double bceWithLogits(Vec z, Vec t, float scale, Vec dz);
}

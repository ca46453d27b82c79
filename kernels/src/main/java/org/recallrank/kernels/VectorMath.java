package org.recallrank.kernels;

/**
 * Element-wise functions and reductions over {@code float[]} ranges.
 *
 * <p>{@code n} is the number of elements, offsets and leading dimensions are in floats. Unless said
 * otherwise input and output may be the same range but must not overlap partly. {@code accumulate}
 * adds to the output instead of replacing it; without it the output is not read. NaN goes through
 * every function. Reductions add in a fixed order in double precision (chunk sums in chunk order).
 *
 * @implSpec Stated bounds hold for every backend: exp 2 ulp + 1e-7 relative (0 below -104, Infinity
 *     above 88.73), sigmoid, tanh and log1p 3e-7 relative.
 */
public interface VectorMath {

  /** y = e^x. */
  void exp(float[] x, int xOffset, float[] y, int yOffset, int n);

  /** y = 1 / (1 + e^-x). */
  void sigmoid(float[] x, int xOffset, float[] y, int yOffset, int n);

  /** y = tanh(x). */
  void tanh(float[] x, int xOffset, float[] y, int yOffset, int n);

  /** y = ln(1 + x), x &gt; -1 (NaN below, -Infinity at -1). */
  void log1p(float[] x, int xOffset, float[] y, int yOffset, int n);

  /** y = max(x, 0). */
  void relu(float[] x, int xOffset, float[] y, int yOffset, int n);

  /**
   * Gradient of a ReLU (scaled, as dropout leaves it) from its output: dx = y &gt; 0 ? scale * dy :
   * 0.
   */
  void reluGradient(
      float[] y,
      int yOffset,
      float[] dy,
      int dyOffset,
      float scale,
      float[] dx,
      int dxOffset,
      int n,
      boolean accumulate);

  /**
   * Inverted dropout: y[i] = keep(i) ? x[i] / (1 - p) : 0, where keep(i) is {@link
   * CounterHash#keep}(seed, i, p). Same bits on every backend; calling it again with the same seed
   * on a gradient gives the gradient of the input.
   *
   * @param p probability of dropping, in [0, 1)
   */
  void dropout(
      float[] x,
      int xOffset,
      float[] y,
      int yOffset,
      int n,
      float p,
      long seed,
      boolean accumulate);

  /** y = x + alpha (both given), a scalar shift. */
  void addScalar(float[] x, int xOffset, float alpha, float[] y, int yOffset, int n);

  /** y = alpha * x, or y += alpha * x. */
  void scale(
      float alpha, float[] x, int xOffset, float[] y, int yOffset, int n, boolean accumulate);

  /** z = x + y. */
  void add(float[] x, int xOffset, float[] y, int yOffset, float[] z, int zOffset, int n);

  /** z = max(x + y, 0). */
  void addRelu(float[] x, int xOffset, float[] y, int yOffset, float[] z, int zOffset, int n);

  /**
   * One bit per element, whether x &gt; 0: that of x[i] is bit {@code i % 32} of word {@code i /
   * 32}. Bits past n in the last word are 0.
   */
  void positives(float[] x, int xOffset, int n, int[] bits, int bitsOffset);

  /** y[i] = value where bit i of {@link #positives} is set, else 0. */
  void fillWhere(int[] bits, int bitsOffset, float value, float[] y, int yOffset, int n);

  /** z = x * y element by element, or z += x * y. */
  void multiply(
      float[] x,
      int xOffset,
      float[] y,
      int yOffset,
      float[] z,
      int zOffset,
      int n,
      boolean accumulate);

  /** Sum of n elements. */
  double sum(float[] x, int xOffset, int n);

  /** Sum of the squares of n elements. */
  double sumOfSquares(float[] x, int xOffset, int n);

  /** Inner product. */
  double dot(float[] x, int xOffset, float[] y, int yOffset, int n);

  /** The largest element; -Infinity for n = 0, NaN if any is NaN. */
  float max(float[] x, int xOffset, int n);

  /** y[j] (+)= sum over i of x[i, j], x stored [rows, cols] with leading dimension ldx. */
  void columnSums(
      float[] x,
      int xOffset,
      int ldx,
      int rows,
      int cols,
      float[] y,
      int yOffset,
      boolean accumulate);

  /** y[i] (+)= alpha * x_i . w for each row i of x [rows, cols] and one vector w of cols. */
  void rowDots(
      float[] x,
      int xOffset,
      int ldx,
      float[] w,
      int wOffset,
      int rows,
      int cols,
      float alpha,
      float[] y,
      int yOffset,
      boolean accumulate);

  /** Softmax of each row of x [rows, cols] (dense) into y. The row maximum is subtracted first. */
  void softmaxRows(float[] x, int xOffset, int rows, int cols, float[] y, int yOffset);

  /** Gradient of {@link #softmaxRows}: dx_i (+)= y_i * (dy_i - dy_i . y_i). */
  void softmaxRowsGradient(
      float[] y,
      int yOffset,
      float[] dy,
      int dyOffset,
      int rows,
      int cols,
      float[] dx,
      int dxOffset,
      boolean accumulate);

  /**
   * Binary cross-entropy with logits and its gradient in one pass: returns the sum over i of
   * max(z,0) - z * t + ln(1 + e^-|z|), in double, and writes dz = scale * (sigmoid(z) - t).
   *
   * @param t targets in [0, 1]
   */
  double bceWithLogits(
      float[] z, int zOffset, float[] t, int tOffset, int n, float scale, float[] dz, int dzOffset);
}

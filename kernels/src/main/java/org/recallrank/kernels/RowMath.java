package org.recallrank.kernels;

/**
 * What an operation calls inside its own loop over rows, where a view for each call would be an
 * object for each row: loops over ranges of arrays. They run on the calling thread, in one piece,
 * and only the arrays check what they are given.
 *
 * <p>Offsets and {@code ldx} are in floats. Inputs and outputs may be the same range but must not
 * overlap partly.
 */
public interface RowMath {

  /** y = max(x, 0). */
  void relu(float[] x, int xOffset, float[] y, int yOffset, int n);

  /** {@link VectorMath#reluGradient} of elements from .. to. */
  void reluGradient(Vec y, Vec dy, float scale, Vec dx, boolean accumulate, int from, int to);

  /** y = alpha * x, or y += alpha * x. */
  void scale(
      float alpha, float[] x, int xOffset, float[] y, int yOffset, int n, boolean accumulate);

  /** z = x + y. */
  void add(float[] x, int xOffset, float[] y, int yOffset, float[] z, int zOffset, int n);

  /** z = max(x + y, 0). */
  void addRelu(float[] x, int xOffset, float[] y, int yOffset, float[] z, int zOffset, int n);

  /** z = x * y element by element. */
  void multiply(float[] x, int xOffset, float[] y, int yOffset, float[] z, int zOffset, int n);

  /** z += x * y element by element. */
  void multiplyAdd(float[] x, int xOffset, float[] y, int yOffset, float[] z, int zOffset, int n);

  /**
   * One bit per element, whether x &gt; 0: that of x[i] is bit {@code i % 32} of word {@code i /
   * 32}. Bits past n in the last word are 0.
   */
  void positives(float[] x, int xOffset, int n, int[] bits, int bitsOffset);

  /** y[i] = value where bit i of {@link #positives} is set, else 0. */
  void fillWhere(int[] bits, int bitsOffset, float value, float[] y, int yOffset, int n);

  /** Inner product, in double. */
  double dot(float[] x, int xOffset, float[] y, int yOffset, int n);

  /** y[j] += sum over i of x[i, j], x stored [rows, cols] with leading dimension ldx. */
  void addColumnSums(float[] x, int xOffset, int ldx, int rows, int cols, float[] y, int yOffset);

  /** {@link VectorMath#softmaxRows} of dense rows. */
  void softmaxRows(float[] x, int xOffset, int rows, int cols, float[] y, int yOffset);

  /** {@link VectorMath#softmaxRowsGradient} of rows from .. to. */
  void softmaxRowsGradient(Matrix y, Matrix dy, Matrix dx, boolean accumulate, int from, int to);
}

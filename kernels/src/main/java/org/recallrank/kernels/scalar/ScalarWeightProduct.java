package org.recallrank.kernels.scalar;

import org.recallrank.kernels.MatMulKernel.Activation;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.Scratch;
import org.recallrank.kernels.base.NonZeros;

/**
 * The product with {@link ScalarWeights}, on the calling thread: two rows of C at a time read the
 * weights once for both, and four such pairs share what of them is in the first cache; a row that
 * is left over alone skips its zeros.
 *
 * <p>Fused multiply-adds are slow where the processor has none ({@link Math#fma} then computes with
 * big decimals).
 */
final class ScalarWeightProduct {
  /** Rows of C whose chains {@link WeightLoops#column} interleaves. */
  private static final int COLUMN_ROWS = 4;

  /** Rows of C that take each four rows of the weights in turn. */
  private static final int BLOCK_ROWS = 8;

  /** The sums of a row of C, or some of a column. */
  private final Scratch sums = new Scratch();

  /** The sums of a block of rows of C, each from index 0 of an array of its own on. */
  private final ThreadLocal<float[][]> blocks =
      ThreadLocal.withInitial(() -> new float[BLOCK_ROWS][0]);

  /** The elements of a row of A that are not zero, and where they stand. */
  private final Scratch nonZeros = new Scratch();

  void multiply(Matrix a, ScalarWeights b, Activation activation, Matrix c) {
    boolean relu = activation == Activation.RELU;
    if (b.byColumns()) {
      columns(a, b, relu, c);
      return;
    }
    int even = a.rows() - a.rows() % 2;
    for (int i = 0; i < even; i += BLOCK_ROWS) {
      pairs(a, i, Math.min(BLOCK_ROWS, even - i), b, relu, c);
    }
    if (even < a.rows()) {
      row(a, even, b, relu, c);
    }
  }

  private void columns(Matrix a, ScalarWeights b, boolean relu, Matrix c) {
    float[] column = sums.floats(COLUMN_ROWS);
    for (int i = 0; i < a.rows(); i += COLUMN_ROWS) {
      int rows = Math.min(COLUMN_ROWS, a.rows() - i);
      for (int j = 0; j < b.cols(); j++) {
        WeightLoops.column(rows, a.data(), a.at(i, 0), a.stride(), b.lines[j], b.bias[j], column);
        for (int r = 0; r < rows; r++) {
          c.data()[c.at(i + r, j)] = finish(column[r], relu);
        }
      }
    }
  }

  /** Some pairs of rows: their sums and four rows of the weights stay in the first cache. */
  private void pairs(Matrix a, int from, int rows, ScalarWeights b, boolean relu, Matrix c) {
    float[][] out = blocks.get();
    for (int i = 0; i < rows; i++) {
      if (out[i].length < b.cols()) {
        out[i] = new float[b.cols()];
      }
      System.arraycopy(b.bias, 0, out[i], 0, b.cols());
    }
    int depth = a.cols();
    int p = 0;
    for (; p <= depth - 4; p += 4) {
      for (int i = 0; i < rows; i += 2) {
        addFour(a.data(), a.at(from + i, p), a.stride(), b, p, out[i], out[i + 1]);
      }
    }
    for (; p < depth; p++) {
      for (int i = 0; i < rows; i++) {
        WeightLoops.oneByOne(b.cols(), a.data()[a.at(from + i, p)], b.lines[p], out[i]);
      }
    }
    for (int i = 0; i < rows; i++) {
      store(out[i], relu, c, from + i);
    }
  }

  private static void addFour(
      float[] a, int at, int lda, ScalarWeights b, int p, float[] top, float[] below) {
    int next = at + lda;
    float[][] lines = b.lines;
    WeightLoops.twoByFour(
        b.cols(),
        a[at],
        a[at + 1],
        a[at + 2],
        a[at + 3],
        a[next],
        a[next + 1],
        a[next + 2],
        a[next + 3],
        lines[p],
        lines[p + 1],
        lines[p + 2],
        lines[p + 3],
        top,
        below);
  }

  private void row(Matrix a, int row, ScalarWeights b, boolean relu, Matrix c) {
    int n = b.cols();
    float[][] lines = b.lines;
    float[] x = nonZeros.floats(lines.length);
    int[] step = nonZeros.ints(lines.length);
    int count = NonZeros.collect(a, row, x, step);
    float[] out = sums.floats(n);
    System.arraycopy(b.bias, 0, out, 0, n);
    int q = 0;
    for (; q <= count - 4; q += 4) {
      WeightLoops.oneByFour(
          n,
          x[q],
          x[q + 1],
          x[q + 2],
          x[q + 3],
          lines[step[q]],
          lines[step[q + 1]],
          lines[step[q + 2]],
          lines[step[q + 3]],
          out);
    }
    for (; q < count; q++) {
      WeightLoops.oneByOne(n, x[q], lines[step[q]], out);
    }
    store(out, relu, c, row);
  }

  private static void store(float[] sums, boolean relu, Matrix c, int row) {
    int n = c.cols();
    if (relu) {
      for (int j = 0; j < n; j++) {
        sums[j] = finish(sums[j], true);
      }
    } else {
      for (int j = 0; j < n; j++) {
        sums[j] = finish(sums[j], false);
      }
    }
    System.arraycopy(sums, 0, c.data(), c.at(row, 0), n);
  }

  /**
   * What is stored of a sum: a zero without its sign, which zeros that are skipped may change. By
   * max, because a branch on a sum is one that nobody foresees.
   */
  private static float finish(float sum, boolean relu) {
    return relu ? Math.max(sum, 0f) : sum + 0f;
  }
}

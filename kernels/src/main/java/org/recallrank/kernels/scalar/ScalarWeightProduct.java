package org.recallrank.kernels.scalar;

import org.recallrank.kernels.MatMulKernel.Activation;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.Scratch;

/**
 * The product with {@link ScalarWeights}, on the calling thread: two rows of C at a time read the
 * weights once for both; a row that is left over alone skips its zeros.
 *
 * <p>Fused multiply-adds are slow where the processor has none ({@link Math#fma} then computes with
 * big decimals).
 */
final class ScalarWeightProduct {
  private static final int COLUMN_ROWS = 4;

  /** The sums of a row of C, from index 0 on. */
  private final Scratch sums = new Scratch();

  /** Of the row below. */
  private final Scratch sumsBelow = new Scratch();

  /** The elements of a row of A that are not zero, and where they stand. */
  private final Scratch nonZeros = new Scratch();

  void multiply(Matrix a, ScalarWeights b, Activation activation, Matrix c) {
    boolean relu = activation == Activation.RELU;
    if (b.byColumns()) {
      columns(a, b, relu, c);
      return;
    }
    int i = 0;
    for (; i <= a.rows() - 2; i += 2) {
      pair(a, i, b, relu, c);
    }
    if (i < a.rows()) {
      row(a, i, b, relu, c);
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

  private void pair(Matrix a, int row, ScalarWeights b, boolean relu, Matrix c) {
    int n = b.cols();
    float[] x = a.data();
    float[][] lines = b.lines;
    float[] top = start(sums, b);
    float[] below = start(sumsBelow, b);
    int s = a.at(row, 0);
    int t = s + a.stride();
    int p = 0;
    for (; p <= lines.length - 4; p += 4) {
      WeightLoops.twoByFour(
          n,
          x[s + p],
          x[s + p + 1],
          x[s + p + 2],
          x[s + p + 3],
          x[t + p],
          x[t + p + 1],
          x[t + p + 2],
          x[t + p + 3],
          lines[p],
          lines[p + 1],
          lines[p + 2],
          lines[p + 3],
          top,
          below);
    }
    for (; p < lines.length; p++) {
      WeightLoops.oneByOne(n, x[s + p], lines[p], top);
      WeightLoops.oneByOne(n, x[t + p], lines[p], below);
    }
    store(top, relu, c, row);
    store(below, relu, c, row + 1);
  }

  private void row(Matrix a, int row, ScalarWeights b, boolean relu, Matrix c) {
    int n = b.cols();
    float[][] lines = b.lines;
    float[] x = nonZeros.floats(lines.length);
    int[] step = nonZeros.ints(lines.length);
    int count = collect(a, row, x, step);
    float[] out = start(sums, b);
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

  /** A row of sums that is the bias yet. */
  private static float[] start(Scratch scratch, ScalarWeights b) {
    float[] to = scratch.floats(b.cols());
    System.arraycopy(b.bias, 0, to, 0, b.cols());
    return to;
  }

  private static int collect(Matrix a, int row, float[] values, int[] steps) {
    float[] data = a.data();
    int at = a.at(row, 0);
    int count = 0;
    for (int p = 0; p < a.cols(); p++) {
      float x = data[at + p];
      values[count] = x;
      steps[count] = p;
      count += x == 0 ? 0 : 1;
    }
    return count;
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

  /** What is stored of a sum: a zero without its sign, which zeros that are skipped may change. */
  private static float finish(float sum, boolean relu) {
    return relu && sum <= 0 ? 0 : sum + 0f;
  }
}

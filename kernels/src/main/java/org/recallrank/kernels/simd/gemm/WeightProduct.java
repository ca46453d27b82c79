package org.recallrank.kernels.simd.gemm;

import org.recallrank.kernels.MatMulKernel.Activation;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.Scratch;
import org.recallrank.kernels.base.NonZeros;

/**
 * The product with {@link Weights}, on the calling thread. Blocks of rows of A stay in L2 while a
 * panel after the other, which stays in L1, walks down their rows; a row that is left over alone is
 * a stream of the weights and skips its zeros.
 */
final class WeightProduct {
  /** Floats of a block of rows of A. */
  private static final int BLOCK = 1 << 16;

  /** Panels that a single row is multiplied with at a time. */
  private static final int PANELS_PER_STREAM = 4;

  /** Tiles of C that stick out of it. */
  private final Scratch strips = new Scratch();

  /** The elements of a row of A that are not zero, and where they stand. */
  private final Scratch nonZeros = new Scratch();

  void multiply(Matrix a, Weights b, Activation activation, Matrix c) {
    boolean relu = activation == Activation.RELU;
    int rows = a.rows();
    int alone = rows % WeightTiles.ROWS == 1 ? 1 : 0;
    int tiled = rows - alone;
    int step = Math.max(1, BLOCK / Math.max(1, b.rows()) / WeightTiles.ROWS) * WeightTiles.ROWS;
    for (int from = 0; from < tiled; from += step) {
      block(a, from, Math.min(step, tiled - from), b, relu, c);
    }
    if (alone > 0) {
      row(a, rows - 1, b, relu, c);
    }
  }

  private void block(Matrix a, int from, int rows, Weights b, boolean relu, Matrix c) {
    int n = b.cols();
    for (int j = 0; j < n; j += Weights.WIDTH) {
      if (b.width(j) <= n - j) {
        tiles(a, from, rows, b, j, relu, c.data(), c.at(from, j), c.stride());
      } else {
        edge(a, from, rows, b, j, relu, c);
      }
    }
  }

  /** The last panel by way of a strip, because its vectors end past C. */
  private void edge(Matrix a, int from, int rows, Weights b, int j, boolean relu, Matrix c) {
    int width = b.width(j);
    float[] strip = strips.floats(WeightTiles.ROWS * width);
    int columns = b.cols() - j;
    for (int i = 0; i < rows; i += WeightTiles.ROWS) {
      int some = Math.min(WeightTiles.ROWS, rows - i);
      tiles(a, from + i, some, b, j, relu, strip, 0, width);
      for (int r = 0; r < some; r++) {
        System.arraycopy(strip, r * width, c.data(), c.at(from + i + r, j), columns);
      }
    }
  }

  private static void tiles(
      Matrix a, int row, int rows, Weights b, int j, boolean relu, float[] c, int cAt, int ldc) {
    float[] x = a.data();
    int at = a.at(row, 0);
    int lda = a.stride();
    int depth = b.rows();
    int bAt = b.panel(j);
    if (b.width(j) == Weights.WIDTH) {
      WeightTiles.by2(rows, depth, x, at, lda, b.panels, bAt, b.bias, j, c, cAt, ldc, relu);
    } else {
      WeightTiles.by1(rows, depth, x, at, lda, b.panels, bAt, b.bias, j, c, cAt, ldc, relu);
    }
  }

  /** One row, in a strip first if its last vector ends past C. */
  private void row(Matrix a, int row, Weights b, boolean relu, Matrix c) {
    float[] values = nonZeros.floats(b.rows());
    int[] steps = nonZeros.ints(b.rows());
    int count = NonZeros.collect(a, row, values, steps);
    int n = b.bias.length;
    boolean whole = n == b.cols();
    float[] to = whole ? c.data() : strips.floats(n);
    int toAt = whole ? c.at(row, 0) : 0;
    int panel = b.panel(Weights.WIDTH);
    int j = 0;
    for (; j <= n - PANELS_PER_STREAM * Weights.WIDTH; j += PANELS_PER_STREAM * Weights.WIDTH) {
      WeightRowTiles.by8(
          count, values, steps, b.panels, b.panel(j), panel, b.bias, j, to, toAt + j, relu);
    }
    for (; j <= n - Weights.WIDTH; j += Weights.WIDTH) {
      WeightRowTiles.by2(count, values, steps, b.panels, b.panel(j), b.bias, j, to, toAt + j, relu);
    }
    if (j < n) {
      WeightRowTiles.by1(count, values, steps, b.panels, b.panel(j), b.bias, j, to, toAt + j, relu);
    }
    if (!whole) {
      System.arraycopy(to, 0, c.data(), c.at(row, 0), b.cols());
    }
  }
}

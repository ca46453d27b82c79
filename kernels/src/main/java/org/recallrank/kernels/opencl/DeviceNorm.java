package org.recallrank.kernels.opencl;

import org.recallrank.kernels.Workers;

/**
 * Column sums and batch normalisation between buffers, by the kernels of {@code dense.cl}. Matrices
 * are dense; moments are laid out as that file says.
 */
final class DeviceNorm {
  private static final String FILE = "dense.cl";

  private final ClContext context;
  private final ClScratch chunkSums;
  private final ClScratch sums;
  private final ClScratch deviations;

  DeviceNorm(ClContext context) {
    this.context = context;
    chunkSums = new ClScratch(context);
    sums = new ClScratch(context);
    deviations = new ClScratch(context);
  }

  private ClKernel kernel(String name) {
    return context.kernel(FILE, "", name);
  }

  /** Rows of a chunk. */
  private static int height(int rows) {
    return Math.max(1, (int) Math.ceil(Math.sqrt(rows)));
  }

  private void addChunks(ClBuffer from, int chunks, int cols, ClBuffer to) {
    kernel("column_sums")
        .launch(new long[] {cols, 1}, null, from, chunks, cols, Math.max(1, chunks), to);
  }

  /** to[j] = sum of column j. */
  void columnSums(ClBuffer x, int rows, int cols, ClBuffer to) {
    int height = height(rows);
    int chunks = Workers.chunks(rows, height);
    ClBuffer partial = chunkSums.words((long) chunks * cols);
    kernel("column_sums").launch(new long[] {cols, chunks}, null, x, rows, cols, height, partial);
    addChunks(partial, chunks, cols, to);
  }

  /** The moments of the columns of x. */
  void moments(ClBuffer x, int rows, int cols, float epsilon, ClBuffer to) {
    ClBuffer total = sums.words(cols);
    columnSums(x, rows, cols, total);
    int height = height(rows);
    int chunks = Workers.chunks(rows, height);
    ClBuffer partial = chunkSums.words(2L * chunks * cols);
    kernel("deviation_sums")
        .launch(new long[] {cols, chunks}, null, x, total, rows, cols, height, partial);
    ClBuffer squares = deviations.words(2L * cols);
    addChunks(partial, chunks, 2 * cols, squares);
    kernel("moments").launch(new long[] {cols}, null, total, squares, rows, epsilon, to);
  }

  /** The moments where mean and variance are given. */
  void moments(float[] mean, float[] variance, int cols, float epsilon, ClBuffer to) {
    float[] all = new float[3 * cols];
    for (int j = 0; j < cols; j++) {
      all[j] = mean[j];
      all[cols + j] = variance[j];
      all[2 * cols + j] = (float) (1 / Math.sqrt((double) variance[j] + epsilon));
    }
    context.write(to, all, 0, all.length);
  }

  /** y = drop(relu(gamma * (x - mean) * invStd + beta)). */
  void forward(
      ClBuffer x,
      int rows,
      int cols,
      ClBuffer moments,
      ClScratch.Slice gamma,
      ClScratch.Slice beta,
      boolean relu,
      Drop drop,
      ClBuffer y) {
    kernel("normalise")
        .launch(
            new long[] {cols, rows},
            null,
            x,
            moments,
            gamma.buffer(),
            gamma.at(),
            beta.buffer(),
            beta.at(),
            relu,
            drop.threshold(),
            drop.scale(),
            drop.low(),
            drop.high(),
            y);
  }

  /**
   * Turns g, the gradient of the normalised values, into that of x.
   *
   * @param ofBatch whether the moments are those of x
   * @param to the gradients of beta, then those of gamma
   */
  void backward(
      ClBuffer x,
      int rows,
      int cols,
      ClBuffer moments,
      ClScratch.Slice gamma,
      boolean ofBatch,
      ClBuffer g,
      ClBuffer to) {
    int height = height(rows);
    int chunks = Workers.chunks(rows, height);
    ClBuffer partial = chunkSums.words(2L * chunks * cols);
    kernel("gradient_sums")
        .launch(new long[] {cols, chunks}, null, x, moments, g, rows, cols, height, partial);
    addChunks(partial, chunks, 2 * cols, to);
    kernel("normal_gradient")
        .launch(
            new long[] {cols, rows},
            null,
            x,
            moments,
            gamma.buffer(),
            gamma.at(),
            to,
            ofBatch ? 1f / rows : 0f,
            g);
  }

  /** y = drop(y), in place, of n elements. */
  void drop(ClBuffer y, long n, Drop drop) {
    kernel("dropout")
        .launch(new long[] {n}, null, y, drop.threshold(), drop.scale(), drop.low(), drop.high());
  }

  /** dy = scale * dy where y is positive, else 0, of n elements. */
  void reluGradient(ClBuffer y, float scale, ClBuffer dy, long n) {
    kernel("relu_gradient").launch(new long[] {n}, null, y, scale, dy);
  }
}

package org.recallrank.kernels.opencl;

import org.recallrank.kernels.Vec;
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
  void columnSums(DeviceMatrix x, ClBuffer to) {
    int height = height(x.rows());
    int chunks = Workers.chunks(x.rows(), height);
    ClBuffer partial = chunkSums.words((long) chunks * x.cols());
    kernel("column_sums")
        .launch(
            new long[] {x.cols(), chunks}, null, x.buffer(), x.rows(), x.cols(), height, partial);
    addChunks(partial, chunks, x.cols(), to);
  }

  /** The moments of the columns of x. */
  void moments(DeviceMatrix x, float epsilon, ClBuffer to) {
    int rows = x.rows();
    int cols = x.cols();
    ClBuffer total = sums.words(cols);
    columnSums(x, total);
    int height = height(rows);
    int chunks = Workers.chunks(rows, height);
    ClBuffer partial = chunkSums.words(2L * chunks * cols);
    kernel("deviation_sums")
        .launch(new long[] {cols, chunks}, null, x.buffer(), total, rows, cols, height, partial);
    ClBuffer squares = deviations.words(2L * cols);
    addChunks(partial, chunks, 2 * cols, squares);
    kernel("moments").launch(new long[] {cols}, null, total, squares, rows, epsilon, to);
  }

  /** The moments where mean and variance are given. */
  void moments(Vec mean, Vec variance, float epsilon, ClBuffer to) {
    int cols = mean.size();
    float[] all = new float[3 * cols];
    for (int j = 0; j < cols; j++) {
      all[j] = mean.get(j);
      all[cols + j] = variance.get(j);
      all[2 * cols + j] = (float) (1 / Math.sqrt((double) variance.get(j) + epsilon));
    }
    context.write(to, all, 0, all.length);
  }

  /** y = drop(relu(gamma * (x - mean) * invStd + beta)). */
  void forward(
      DeviceMatrix x,
      ClBuffer moments,
      ClScratch.Slice gamma,
      ClScratch.Slice beta,
      boolean relu,
      Drop drop,
      ClBuffer y) {
    long[] elements = {x.cols(), x.rows()};
    kernel("normalise")
        .launch(elements, null, x.buffer(), moments, gamma, beta, relu, drop.arguments(), y);
  }

  /**
   * Turns g, the gradient of the normalised values, into that of x.
   *
   * @param ofBatch whether the moments are those of x
   * @param to the gradients of beta, then those of gamma
   */
  void backward(
      DeviceMatrix x,
      ClBuffer moments,
      ClScratch.Slice gamma,
      boolean ofBatch,
      ClBuffer g,
      ClBuffer to) {
    int rows = x.rows();
    int cols = x.cols();
    int height = height(rows);
    int chunks = Workers.chunks(rows, height);
    ClBuffer partial = chunkSums.words(2L * chunks * cols);
    kernel("gradient_sums")
        .launch(
            new long[] {cols, chunks}, null, x.buffer(), moments, g, rows, cols, height, partial);
    addChunks(partial, chunks, 2 * cols, to);
    float share = ofBatch ? 1f / rows : 0f;
    kernel("normal_gradient")
        .launch(new long[] {cols, rows}, null, x.buffer(), moments, gamma, to, share, g);
  }

  /** y = drop(y), in place. */
  void drop(DeviceMatrix y, Drop drop) {
    long[] elements = {(long) y.rows() * y.cols()};
    kernel("dropout").launch(elements, null, y.buffer(), drop.arguments());
  }

  /** dy = scale * dy where y is positive, else 0. */
  void reluGradient(DeviceMatrix y, float scale, ClBuffer dy) {
    long[] elements = {(long) y.rows() * y.cols()};
    kernel("relu_gradient").launch(elements, null, y.buffer(), scale, dy);
  }
}

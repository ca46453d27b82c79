package org.recallrank.kernels.base;

import java.util.Arrays;
import org.recallrank.kernels.BatchNormKernel;
import org.recallrank.kernels.Scratch;
import org.recallrank.kernels.Workers;

/**
 * What the backends share of {@link BatchNormKernel}: checks, chunks of rows, and column sums added
 * in chunk order. A backend supplies the loops over a block of rows.
 */
public abstract class BatchNormBase implements BatchNormKernel {
  private static final int GRAIN = 1 << 16;

  private final Workers workers;
  private final Scratch scratch = new Scratch();

  protected BatchNormBase(Workers workers) {
    this.workers = workers;
  }

  private static int rowGrain(int cols) {
    return Math.max(1, GRAIN / Math.max(1, cols));
  }

  @Override
  public final void moments(
      float[] x, int xOffset, int rows, int cols, float[] mean, float[] variance) {
    String op = "batchNorm.moments";
    Checks.matrix(op, "x", x.length, xOffset, rows, cols, cols);
    Checks.positive(op, "rows", rows);
    Checks.range(op, "mean", mean.length, 0, cols);
    Checks.range(op, "variance", variance.length, 0, cols);
    int grain = rowGrain(cols);
    int chunks = Workers.chunks(rows, grain);
    double[] sums = scratch.doubles(chunks * cols);
    Arrays.fill(sums, 0, chunks * cols, 0);
    workers.forRanges(
        rows,
        grain,
        (from, to) -> addSums(x, xOffset, from, to, 0, cols, sums, from / grain * cols));
    addChunks(sums, chunks, cols);
    for (int j = 0; j < cols; j++) {
      mean[j] = (float) (sums[j] / rows);
    }
    Arrays.fill(sums, 0, chunks * cols, 0);
    workers.forRanges(
        rows,
        grain,
        (from, to) ->
            addSquaredDeviations(x, xOffset, from, to, 0, cols, mean, sums, from / grain * cols));
    addChunks(sums, chunks, cols);
    for (int j = 0; j < cols; j++) {
      variance[j] = (float) (sums[j] / rows);
    }
  }

  @Override
  public final void forward(
      float[] x,
      int xOffset,
      int rows,
      int cols,
      float[] mean,
      float[] invStd,
      float[] gamma,
      float[] beta,
      boolean relu,
      float p,
      long seed,
      float[] y,
      int yOffset) {
    String op = "batchNorm.forward";
    Checks.matrix(op, "x", x.length, xOffset, rows, cols, cols);
    Checks.matrix(op, "y", y.length, yOffset, rows, cols, cols);
    Checks.range(op, "mean", mean.length, 0, cols);
    Checks.range(op, "invStd", invStd.length, 0, cols);
    Checks.range(op, "gamma", gamma.length, 0, cols);
    Checks.range(op, "beta", beta.length, 0, cols);
    checkDropout(op, relu, p);
    workers.forRanges(
        rows,
        rowGrain(cols),
        (from, to) ->
            forwardRows(
                x, xOffset, from, to, 0, cols, mean, invStd, gamma, beta, relu, p, seed, y,
                yOffset));
  }

  @Override
  public final void backward(
      float[] x,
      int xOffset,
      float[] y,
      int yOffset,
      float[] dy,
      int dyOffset,
      int rows,
      int cols,
      float[] mean,
      float[] invStd,
      float[] gamma,
      boolean relu,
      float p,
      float[] dx,
      int dxOffset,
      boolean accumulate,
      float[] dGamma,
      float[] dBeta) {
    String op = "batchNorm.backward";
    Checks.matrix(op, "x", x.length, xOffset, rows, cols, cols);
    Checks.matrix(op, "dy", dy.length, dyOffset, rows, cols, cols);
    Checks.matrix(op, "dx", dx.length, dxOffset, rows, cols, cols);
    if (relu) {
      Checks.matrix(op, "y", y.length, yOffset, rows, cols, cols);
    }
    Checks.range(op, "mean", mean.length, 0, cols);
    Checks.range(op, "invStd", invStd.length, 0, cols);
    Checks.range(op, "gamma", gamma.length, 0, cols);
    Checks.range(op, "dGamma", dGamma.length, 0, cols);
    Checks.range(op, "dBeta", dBeta.length, 0, cols);
    checkDropout(op, relu, p);
    int grain = rowGrain(cols);
    int chunks = Math.max(1, Workers.chunks(rows, grain));
    float scale = 1f / (1f - p);
    // Per chunk: cols sums of g, then cols sums of g * xhat.
    double[] sums = scratch.doubles(chunks * 2 * cols);
    Arrays.fill(sums, 0, chunks * 2 * cols, 0);
    workers.forRanges(
        rows,
        grain,
        (from, to) ->
            addGradientSums(
                x,
                xOffset,
                y,
                yOffset,
                dy,
                dyOffset,
                from,
                to,
                0,
                cols,
                mean,
                invStd,
                relu,
                scale,
                sums,
                from / grain * 2 * cols));
    addChunks(sums, chunks, 2 * cols);
    float[] means = scratch.floats(2 * cols);
    for (int j = 0; j < cols; j++) {
      dBeta[j] += (float) sums[j];
      dGamma[j] += (float) sums[cols + j];
      means[j] = (float) (sums[j] / rows);
      means[cols + j] = (float) (sums[cols + j] / rows);
    }
    workers.forRanges(
        rows,
        grain,
        (from, to) ->
            backwardRows(
                x,
                xOffset,
                y,
                yOffset,
                dy,
                dyOffset,
                from,
                to,
                0,
                cols,
                mean,
                invStd,
                gamma,
                relu,
                scale,
                means,
                dx,
                dxOffset,
                accumulate));
  }

  private static void checkDropout(String op, boolean relu, float p) {
    Checks.dropProbability(op, p);
    if (p > 0 && !relu) {
      throw new IllegalArgumentException(
          op + ": dropout (p = " + p + ") is offered together with ReLU only");
    }
  }

  private static void addChunks(double[] sums, int chunks, int width) {
    for (int c = 1; c < chunks; c++) {
      for (int j = 0; j < width; j++) {
        sums[j] += sums[c * width + j];
      }
    }
  }

  // The loops: rows from (inclusive) to to (exclusive), columns first to cols.

  /** Adds the sum of each column to {@code sums[at + column]}. */
  protected abstract void addSums(
      float[] x, int xOffset, int from, int to, int first, int cols, double[] sums, int at);

  /** The same of (x - mean)^2. */
  protected abstract void addSquaredDeviations(
      float[] x,
      int xOffset,
      int from,
      int to,
      int first,
      int cols,
      float[] mean,
      double[] sums,
      int at);

  protected abstract void forwardRows(
      float[] x,
      int xOffset,
      int from,
      int to,
      int first,
      int cols,
      float[] mean,
      float[] invStd,
      float[] gamma,
      float[] beta,
      boolean relu,
      float p,
      long seed,
      float[] y,
      int yOffset);

  /** Adds each column's sums of g and of g * xhat to sums[at + j] and sums[at + cols + j]. */
  protected abstract void addGradientSums(
      float[] x,
      int xOffset,
      float[] y,
      int yOffset,
      float[] dy,
      int dyOffset,
      int from,
      int to,
      int first,
      int cols,
      float[] mean,
      float[] invStd,
      boolean relu,
      float scale,
      double[] sums,
      int at);

  /**
   * dx.
   *
   * @param means mean of g per column, then mean of g * xhat per column
   */
  protected abstract void backwardRows(
      float[] x,
      int xOffset,
      float[] y,
      int yOffset,
      float[] dy,
      int dyOffset,
      int from,
      int to,
      int first,
      int cols,
      float[] mean,
      float[] invStd,
      float[] gamma,
      boolean relu,
      float scale,
      float[] means,
      float[] dx,
      int dxOffset,
      boolean accumulate);
}

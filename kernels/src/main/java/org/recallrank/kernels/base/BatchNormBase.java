package org.recallrank.kernels.base;

import java.util.Arrays;
import org.recallrank.kernels.Affine;
import org.recallrank.kernels.BatchNormKernel;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.Scratch;
import org.recallrank.kernels.Vec;
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

  /** Adds some rows' sums of something to sums from {@code at} on. */
  private interface Adder {
    void add(int from, int to, double[] sums, int at);
  }

  private static int rowGrain(int cols) {
    return Math.max(1, GRAIN / Math.max(1, cols));
  }

  /** {@code width} sums over all rows, first in each chunk, in this thread's work array. */
  private double[] sums(int rows, int cols, int width, Adder adder) {
    int grain = rowGrain(cols);
    int chunks = Math.max(1, Workers.chunks(rows, grain));
    double[] sums = scratch.doubles(chunks * width);
    Arrays.fill(sums, 0, chunks * width, 0);
    workers.forRanges(rows, grain, (from, to) -> adder.add(from, to, sums, from / grain * width));
    for (int c = 1; c < chunks; c++) {
      for (int j = 0; j < width; j++) {
        sums[j] += sums[c * width + j];
      }
    }
    return sums;
  }

  @Override
  public final void moments(Matrix x, Vec mean, Vec variance) {
    String op = "batchNorm.moments";
    int rows = x.rows();
    int cols = x.cols();
    Checks.dense(op, "x", x);
    Checks.positive(op, "rows", rows);
    Checks.elements(op, "mean", mean, cols);
    Checks.elements(op, "variance", variance, cols);
    double[] sums = sums(rows, cols, cols, (from, to, s, at) -> addSums(x, from, to, 0, s, at));
    for (int j = 0; j < cols; j++) {
      mean.set(j, (float) (sums[j] / rows));
    }
    float[] center = mean.fromZero();
    sums =
        sums(
            rows,
            cols,
            cols,
            (from, to, s, at) -> addSquaredDeviations(x, center, from, to, 0, s, at));
    for (int j = 0; j < cols; j++) {
      variance.set(j, (float) (sums[j] / rows));
    }
  }

  @Override
  public final void forward(Pass pass) {
    check("batchNorm.forward", pass);
    workers.forRanges(
        pass.x().rows(), rowGrain(pass.x().cols()), (from, to) -> forwardRows(pass, from, to, 0));
  }

  @Override
  public final void backward(Pass pass, Matrix dy, Gradients gradients) {
    String op = "batchNorm.backward";
    int rows = pass.x().rows();
    int cols = pass.x().cols();
    check(op, pass);
    Checks.denseShape(op, "dy", dy, rows, cols);
    Checks.denseShape(op, "dx", gradients.dx(), rows, cols);
    Affine affine = gradients.affine();
    Checks.elements(op, "dGamma", affine.gamma(), cols);
    Checks.elements(op, "dBeta", affine.beta(), cols);
    double[] sums =
        sums(
            rows,
            cols,
            2 * cols,
            (from, to, s, at) -> addGradientSums(pass, dy, from, to, 0, s, at));
    float[] means = scratch.floats(2 * cols);
    for (int j = 0; j < cols; j++) {
      affine.beta().set(j, affine.beta().get(j) + (float) sums[j]);
      affine.gamma().set(j, affine.gamma().get(j) + (float) sums[cols + j]);
      means[j] = (float) (sums[j] / rows);
      means[cols + j] = (float) (sums[cols + j] / rows);
    }
    workers.forRanges(
        rows, rowGrain(cols), (from, to) -> backwardRows(pass, dy, means, gradients, from, to, 0));
  }

  private static void check(String op, Pass pass) {
    int cols = pass.x().cols();
    Checks.dense(op, "x", pass.x());
    Checks.denseShape(op, "y", pass.y(), pass.x().rows(), cols);
    Checks.elements(op, "mean", pass.moments().mean(), cols);
    Checks.elements(op, "invStd", pass.moments().invStd(), cols);
    Checks.elements(op, "gamma", pass.affine().gamma(), cols);
    Checks.elements(op, "beta", pass.affine().beta(), cols);
    float p = pass.after().p();
    Checks.dropProbability(op, p);
    if (p > 0 && !pass.after().relu()) {
      throw new IllegalArgumentException(
          op + ": dropout (p = " + p + ") is offered together with ReLU only");
    }
  }

  // The loops: rows from (inclusive) to to (exclusive), columns from first on.

  /** Adds the sum of each column to {@code sums[at + column]}. */
  protected abstract void addSums(Matrix x, int from, int to, int first, double[] sums, int at);

  /** The same of (x - mean)^2. */
  protected abstract void addSquaredDeviations(
      Matrix x, float[] mean, int from, int to, int first, double[] sums, int at);

  protected abstract void forwardRows(Pass pass, int from, int to, int first);

  /** Adds each column's sums of g and of g * xhat to sums[at + j] and sums[at + cols + j]. */
  protected abstract void addGradientSums(
      Pass pass, Matrix dy, int from, int to, int first, double[] sums, int at);

  /**
   * dx.
   *
   * @param means mean of g per column, then mean of g * xhat per column
   */
  protected abstract void backwardRows(
      Pass pass, Matrix dy, float[] means, Gradients gradients, int from, int to, int first);
}

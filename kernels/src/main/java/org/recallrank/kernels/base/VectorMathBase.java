package org.recallrank.kernels.base;

import org.recallrank.kernels.Scratch;
import org.recallrank.kernels.VectorMath;
import org.recallrank.kernels.Workers;

/**
 * What the backends share of {@link VectorMath}: the argument checks, the cutting into chunks and
 * the order in which partial results are added. A backend supplies one plain loop per function,
 * over a range that is known to fit.
 */
public abstract class VectorMathBase implements VectorMath {
  /** Elements per chunk: enough work to pay for waking a thread, few enough to stay in L2. */
  protected static final int GRAIN = 1 << 15;

  private final Workers workers;
  private final Scratch scratch = new Scratch();

  protected VectorMathBase(Workers workers) {
    this.workers = workers;
  }

  /** How many rows of {@code cols} make a chunk. */
  protected static int rowGrain(int cols) {
    return Math.max(1, GRAIN / Math.max(1, cols));
  }

  @Override
  public final void exp(float[] x, int xOffset, float[] y, int yOffset, int n) {
    check("exp", "x", x, xOffset, n);
    check("exp", "y", y, yOffset, n);
    workers.forRanges(
        n, GRAIN, (from, to) -> expRange(x, xOffset + from, y, yOffset + from, to - from));
  }

  @Override
  public final void sigmoid(float[] x, int xOffset, float[] y, int yOffset, int n) {
    check("sigmoid", "x", x, xOffset, n);
    check("sigmoid", "y", y, yOffset, n);
    workers.forRanges(
        n, GRAIN, (from, to) -> sigmoidRange(x, xOffset + from, y, yOffset + from, to - from));
  }

  @Override
  public final void tanh(float[] x, int xOffset, float[] y, int yOffset, int n) {
    check("tanh", "x", x, xOffset, n);
    check("tanh", "y", y, yOffset, n);
    workers.forRanges(
        n, GRAIN, (from, to) -> tanhRange(x, xOffset + from, y, yOffset + from, to - from));
  }

  @Override
  public final void log1p(float[] x, int xOffset, float[] y, int yOffset, int n) {
    check("log1p", "x", x, xOffset, n);
    check("log1p", "y", y, yOffset, n);
    workers.forRanges(
        n, GRAIN, (from, to) -> log1pRange(x, xOffset + from, y, yOffset + from, to - from));
  }

  @Override
  public final void relu(float[] x, int xOffset, float[] y, int yOffset, int n) {
    check("relu", "x", x, xOffset, n);
    check("relu", "y", y, yOffset, n);
    workers.forRanges(
        n, GRAIN, (from, to) -> reluRange(x, xOffset + from, y, yOffset + from, to - from));
  }

  @Override
  public final void reluGradient(
      float[] y,
      int yOffset,
      float[] dy,
      int dyOffset,
      float scale,
      float[] dx,
      int dxOffset,
      int n,
      boolean accumulate) {
    check("reluGradient", "y", y, yOffset, n);
    check("reluGradient", "dy", dy, dyOffset, n);
    check("reluGradient", "dx", dx, dxOffset, n);
    workers.forRanges(
        n,
        GRAIN,
        (from, to) ->
            reluGradientRange(
                y,
                yOffset + from,
                dy,
                dyOffset + from,
                scale,
                dx,
                dxOffset + from,
                to - from,
                accumulate));
  }

  @Override
  public final void dropout(
      float[] x,
      int xOffset,
      float[] y,
      int yOffset,
      int n,
      float p,
      long seed,
      boolean accumulate) {
    check("dropout", "x", x, xOffset, n);
    check("dropout", "y", y, yOffset, n);
    Checks.dropProbability("dropout", p);
    workers.forRanges(
        n,
        GRAIN,
        (from, to) ->
            dropoutRange(
                x, xOffset + from, y, yOffset + from, to - from, from, p, seed, accumulate));
  }

  @Override
  public final void addScalar(float[] x, int xOffset, float alpha, float[] y, int yOffset, int n) {
    check("addScalar", "x", x, xOffset, n);
    check("addScalar", "y", y, yOffset, n);
    workers.forRanges(
        n,
        GRAIN,
        (from, to) -> addScalarRange(x, xOffset + from, alpha, y, yOffset + from, to - from));
  }

  @Override
  public final void scale(
      float alpha, float[] x, int xOffset, float[] y, int yOffset, int n, boolean accumulate) {
    check("scale", "x", x, xOffset, n);
    check("scale", "y", y, yOffset, n);
    if (n <= GRAIN) { // called for every row of a batch, too
      scaleRange(alpha, x, xOffset, y, yOffset, n, accumulate);
      return;
    }
    workers.forRanges(
        n,
        GRAIN,
        (from, to) ->
            scaleRange(alpha, x, xOffset + from, y, yOffset + from, to - from, accumulate));
  }

  @Override
  public final void add(
      float[] x, int xOffset, float[] y, int yOffset, float[] z, int zOffset, int n) {
    check("add", "x", x, xOffset, n);
    check("add", "y", y, yOffset, n);
    check("add", "z", z, zOffset, n);
    if (n <= GRAIN) { // called for every row of a batch: not even a lambda is allocated
      addRange(x, xOffset, y, yOffset, z, zOffset, n);
      return;
    }
    workers.forRanges(
        n,
        GRAIN,
        (from, to) -> addRange(x, xOffset + from, y, yOffset + from, z, zOffset + from, to - from));
  }

  @Override
  public final void addRelu(
      float[] x, int xOffset, float[] y, int yOffset, float[] z, int zOffset, int n) {
    check("addRelu", "x", x, xOffset, n);
    check("addRelu", "y", y, yOffset, n);
    check("addRelu", "z", z, zOffset, n);
    addReluRange(x, xOffset, y, yOffset, z, zOffset, n);
  }

  @Override
  public final void positives(float[] x, int xOffset, int n, int[] bits, int bitsOffset) {
    check("positives", "x", x, xOffset, n);
    Checks.range("positives", "bits", bits.length, bitsOffset, words(n));
    positivesRange(x, xOffset, n, bits, bitsOffset);
  }

  @Override
  public final void fillWhere(
      int[] bits, int bitsOffset, float value, float[] y, int yOffset, int n) {
    Checks.range("fillWhere", "bits", bits.length, bitsOffset, words(n));
    check("fillWhere", "y", y, yOffset, n);
    fillWhereRange(bits, bitsOffset, value, y, yOffset, n);
  }

  private static int words(int n) {
    return (n + Integer.SIZE - 1) / Integer.SIZE;
  }

  @Override
  public final void multiply(
      float[] x,
      int xOffset,
      float[] y,
      int yOffset,
      float[] z,
      int zOffset,
      int n,
      boolean accumulate) {
    check("multiply", "x", x, xOffset, n);
    check("multiply", "y", y, yOffset, n);
    check("multiply", "z", z, zOffset, n);
    workers.forRanges(
        n,
        GRAIN,
        (from, to) ->
            multiplyRange(
                x, xOffset + from, y, yOffset + from, z, zOffset + from, to - from, accumulate));
  }

  @Override
  public final double sum(float[] x, int xOffset, int n) {
    check("sum", "x", x, xOffset, n);
    return workers.sumRanges(n, GRAIN, (from, to) -> sumRange(x, xOffset + from, to - from));
  }

  @Override
  public final double sumOfSquares(float[] x, int xOffset, int n) {
    check("sumOfSquares", "x", x, xOffset, n);
    if (n <= GRAIN) { // a parameter of a layer, mostly: no lambda
      return dotRange(x, xOffset, x, xOffset, n);
    }
    return workers.sumRanges(
        n, GRAIN, (from, to) -> dotRange(x, xOffset + from, x, xOffset + from, to - from));
  }

  @Override
  public final double dot(float[] x, int xOffset, float[] y, int yOffset, int n) {
    check("dot", "x", x, xOffset, n);
    check("dot", "y", y, yOffset, n);
    if (n <= GRAIN) {
      return dotRange(x, xOffset, y, yOffset, n);
    }
    return workers.sumRanges(
        n, GRAIN, (from, to) -> dotRange(x, xOffset + from, y, yOffset + from, to - from));
  }

  @Override
  public final float max(float[] x, int xOffset, int n) {
    check("max", "x", x, xOffset, n);
    return maxRange(x, xOffset, n);
  }

  @Override
  public final void columnSums(
      float[] x,
      int xOffset,
      int ldx,
      int rows,
      int cols,
      float[] y,
      int yOffset,
      boolean accumulate) {
    Checks.matrix("columnSums", "x", x.length, xOffset, rows, cols, ldx);
    check("columnSums", "y", y, yOffset, cols);
    int grain = 4 * rowGrain(cols);
    int chunks = Math.max(1, Workers.chunks(rows, grain));
    double[] partial = scratch.doubles(chunks * cols);
    java.util.Arrays.fill(partial, 0, chunks * cols, 0);
    workers.forRanges(
        rows,
        grain,
        (from, to) ->
            addColumnSums(
                x, xOffset + from * ldx, ldx, to - from, 0, cols, partial, from / grain * cols));
    for (int j = 0; j < cols; j++) {
      double sum = 0;
      for (int c = 0; c < chunks; c++) {
        sum += partial[c * cols + j];
      }
      y[yOffset + j] = (float) (accumulate ? y[yOffset + j] + sum : sum);
    }
  }

  @Override
  public final void rowDots(
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
      boolean accumulate) {
    Checks.matrix("rowDots", "x", x.length, xOffset, rows, cols, ldx);
    check("rowDots", "w", w, wOffset, cols);
    check("rowDots", "y", y, yOffset, rows);
    int grain = rowGrain(cols);
    if (rows <= grain) { // called for every row of a batch: not even a lambda is allocated
      rowDotsRange(x, xOffset, ldx, w, wOffset, 0, rows, cols, alpha, y, yOffset, accumulate);
      return;
    }
    workers.forRanges(
        rows,
        grain,
        (from, to) ->
            rowDotsRange(
                x, xOffset, ldx, w, wOffset, from, to, cols, alpha, y, yOffset, accumulate));
  }

  private void rowDotsRange(
      float[] x,
      int xOffset,
      int ldx,
      float[] w,
      int wOffset,
      int from,
      int to,
      int cols,
      float alpha,
      float[] y,
      int yOffset,
      boolean accumulate) {
    for (int i = from; i < to; i++) {
      float v = (float) (alpha * dotRange(x, xOffset + i * ldx, w, wOffset, cols));
      y[yOffset + i] = accumulate ? y[yOffset + i] + v : v;
    }
  }

  @Override
  public final void softmaxRows(
      float[] x, int xOffset, int rows, int cols, float[] y, int yOffset) {
    Checks.matrix("softmaxRows", "x", x.length, xOffset, rows, cols, cols);
    Checks.matrix("softmaxRows", "y", y.length, yOffset, rows, cols, cols);
    workers.forRanges(
        rows,
        rowGrain(cols),
        (from, to) ->
            softmaxRange(x, xOffset + from * cols, to - from, cols, y, yOffset + from * cols));
  }

  @Override
  public final void softmaxRowsGradient(
      float[] y,
      int yOffset,
      float[] dy,
      int dyOffset,
      int rows,
      int cols,
      float[] dx,
      int dxOffset,
      boolean accumulate) {
    Checks.matrix("softmaxRowsGradient", "y", y.length, yOffset, rows, cols, cols);
    Checks.matrix("softmaxRowsGradient", "dy", dy.length, dyOffset, rows, cols, cols);
    Checks.matrix("softmaxRowsGradient", "dx", dx.length, dxOffset, rows, cols, cols);
    workers.forRanges(
        rows,
        rowGrain(cols),
        (from, to) -> {
          for (int i = from; i < to; i++) {
            int at = i * cols;
            softmaxRowGradient(
                y, yOffset + at, dy, dyOffset + at, dx, dxOffset + at, cols, accumulate);
          }
        });
  }

  @Override
  public final double bceWithLogits(
      float[] z,
      int zOffset,
      float[] t,
      int tOffset,
      int n,
      float scale,
      float[] dz,
      int dzOffset) {
    check("bceWithLogits", "z", z, zOffset, n);
    check("bceWithLogits", "t", t, tOffset, n);
    check("bceWithLogits", "dz", dz, dzOffset, n);
    return workers.sumRanges(
        n,
        GRAIN,
        (from, to) ->
            bceRange(z, zOffset + from, t, tOffset + from, to - from, scale, dz, dzOffset + from));
  }

  private static void check(String op, String what, float[] x, int offset, int n) {
    Checks.range(op, what, x.length, offset, n);
  }

  protected abstract void expRange(float[] x, int xOffset, float[] y, int yOffset, int n);

  protected abstract void sigmoidRange(float[] x, int xOffset, float[] y, int yOffset, int n);

  protected abstract void tanhRange(float[] x, int xOffset, float[] y, int yOffset, int n);

  protected abstract void log1pRange(float[] x, int xOffset, float[] y, int yOffset, int n);

  protected abstract void reluRange(float[] x, int xOffset, float[] y, int yOffset, int n);

  protected abstract void reluGradientRange(
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
   * @param first position of the first element in the whole array, as the hash sees it
   */
  protected abstract void dropoutRange(
      float[] x,
      int xOffset,
      float[] y,
      int yOffset,
      int n,
      int first,
      float p,
      long seed,
      boolean accumulate);

  protected abstract void addScalarRange(
      float[] x, int xOffset, float alpha, float[] y, int yOffset, int n);

  protected abstract void scaleRange(
      float alpha, float[] x, int xOffset, float[] y, int yOffset, int n, boolean accumulate);

  protected abstract void addRange(
      float[] x, int xOffset, float[] y, int yOffset, float[] z, int zOffset, int n);

  protected abstract void addReluRange(
      float[] x, int xOffset, float[] y, int yOffset, float[] z, int zOffset, int n);

  protected abstract void positivesRange(float[] x, int xOffset, int n, int[] bits, int bitsOffset);

  protected abstract void fillWhereRange(
      int[] bits, int bitsOffset, float value, float[] y, int yOffset, int n);

  protected abstract void multiplyRange(
      float[] x,
      int xOffset,
      float[] y,
      int yOffset,
      float[] z,
      int zOffset,
      int n,
      boolean accumulate);

  protected abstract double sumRange(float[] x, int xOffset, int n);

  protected abstract double dotRange(float[] x, int xOffset, float[] y, int yOffset, int n);

  protected abstract float maxRange(float[] x, int xOffset, int n);

  /** Adds the sum of each column from {@code first} on to {@code sums[at + column]}. */
  protected abstract void addColumnSums(
      float[] x, int xOffset, int ldx, int rows, int first, int cols, double[] sums, int at);

  /** Softmax of some rows. */
  protected void softmaxRange(float[] x, int xOffset, int rows, int cols, float[] y, int yOffset) {
    for (int i = 0; i < rows; i++) {
      softmaxRow(x, xOffset + i * cols, y, yOffset + i * cols, cols);
    }
  }

  protected abstract void softmaxRow(float[] x, int xOffset, float[] y, int yOffset, int n);

  protected abstract void softmaxRowGradient(
      float[] y,
      int yOffset,
      float[] dy,
      int dyOffset,
      float[] dx,
      int dxOffset,
      int n,
      boolean accumulate);

  protected abstract double bceRange(
      float[] z, int zOffset, float[] t, int tOffset, int n, float scale, float[] dz, int dzOffset);
}

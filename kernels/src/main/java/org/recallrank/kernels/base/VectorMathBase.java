package org.recallrank.kernels.base;

import java.util.Arrays;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.Scratch;
import org.recallrank.kernels.Vec;
import org.recallrank.kernels.VectorMath;
import org.recallrank.kernels.Workers;

/**
 * What the backends share of {@link VectorMath}: the checks, the cutting into chunks and the order
 * in which partial results are added. A backend supplies one plain loop per function, over a range
 * that is known to fit.
 */
public abstract class VectorMathBase implements VectorMath {
  /** Elements per chunk: enough work to pay for waking a thread, few enough to stay in L2. */
  private static final int GRAIN = 1 << 15;

  private final Workers workers;
  private final Scratch scratch = new Scratch();

  // Kept, as one made for each call would be an object.
  private final Function exp = this::exp;
  private final Function sigmoid = this::sigmoid;
  private final Function tanh = this::tanh;
  private final Function relu = this::relu;
  private final BinaryFunction add = this::add;
  private final BinaryFunction multiply = this::multiply;
  private final BinaryFunction multiplyAdd = this::multiplyAdd;

  protected VectorMathBase(Workers workers) {
    this.workers = workers;
  }

  protected abstract void exp(float[] x, int xOffset, float[] y, int yOffset, int n);

  protected abstract void sigmoid(float[] x, int xOffset, float[] y, int yOffset, int n);

  protected abstract void tanh(float[] x, int xOffset, float[] y, int yOffset, int n);

  /** The position in the whole vector is what the hash sees. */
  protected abstract void dropout(
      Vec x, Vec y, float p, long seed, boolean accumulate, int from, int to);

  protected abstract double sum(float[] x, int xOffset, int n);

  protected abstract float max(float[] x, int xOffset, int n);

  /** Adds the sum of column j to {@code sums[at + j]}. */
  protected abstract void addColumnSums(
      float[] x, int xOffset, int ldx, int rows, int cols, double[] sums, int at);

  protected abstract double bceWithLogits(Vec z, Vec t, float scale, Vec dz, int from, int to);

  @FunctionalInterface
  private interface Function {
    void apply(float[] x, int xOffset, float[] y, int yOffset, int n);
  }

  private void apply(String op, Function f, Vec x, Vec y) {
    Checks.sameSize(op, "x", x, "y", y);
    if (workers.threads() == 1 || x.size() <= GRAIN) { // one chunk needs no lambda
      f.apply(x.data(), x.offset(), y.data(), y.offset(), x.size());
      return;
    }
    workers.forRanges(
        x.size(),
        GRAIN,
        (from, to) -> f.apply(x.data(), x.at(from), y.data(), y.at(from), to - from));
  }

  @Override
  public final void exp(Vec x, Vec y) {
    apply("exp", exp, x, y);
  }

  @Override
  public final void sigmoid(Vec x, Vec y) {
    apply("sigmoid", sigmoid, x, y);
  }

  @Override
  public final void tanh(Vec x, Vec y) {
    apply("tanh", tanh, x, y);
  }

  @Override
  public final void relu(Vec x, Vec y) {
    apply("relu", relu, x, y);
  }

  @Override
  public final void reluGradient(Vec y, Vec dy, float scale, Vec dx, boolean accumulate) {
    Checks.sameSize("reluGradient", "y", y, "dy", dy);
    Checks.sameSize("reluGradient", "y", y, "dx", dx);
    workers.forRanges(
        y.size(), GRAIN, (from, to) -> reluGradient(y, dy, scale, dx, accumulate, from, to));
  }

  @Override
  public final void dropout(Vec x, Vec y, float p, long seed, boolean accumulate) {
    Checks.sameSize("dropout", "x", x, "y", y);
    Checks.dropProbability("dropout", p);
    workers.forRanges(x.size(), GRAIN, (from, to) -> dropout(x, y, p, seed, accumulate, from, to));
  }

  @Override
  public final void scale(float alpha, Vec x, Vec y, boolean accumulate) {
    if (workers.threads() == 1 || x.size() <= GRAIN) {
      Checks.sameSize("scale", "x", x, "y", y);
      scale(alpha, x.data(), x.offset(), y.data(), y.offset(), x.size(), accumulate);
      return;
    }
    apply("scale", (a, at, b, bt, n) -> scale(alpha, a, at, b, bt, n, accumulate), x, y);
  }

  @FunctionalInterface
  private interface BinaryFunction {
    void apply(float[] x, int xOffset, float[] y, int yOffset, float[] z, int zOffset, int n);
  }

  private void apply(String op, BinaryFunction f, Vec x, Vec y, Vec z) {
    Checks.sameSize(op, "x", x, "y", y);
    Checks.sameSize(op, "x", x, "z", z);
    if (workers.threads() == 1 || x.size() <= GRAIN) {
      f.apply(x.data(), x.offset(), y.data(), y.offset(), z.data(), z.offset(), x.size());
      return;
    }
    workers.forRanges(
        x.size(),
        GRAIN,
        (i, to) -> f.apply(x.data(), x.at(i), y.data(), y.at(i), z.data(), z.at(i), to - i));
  }

  @Override
  public final void add(Vec x, Vec y, Vec z) {
    apply("add", add, x, y, z);
  }

  @Override
  public final void multiply(Vec x, Vec y, Vec z, boolean accumulate) {
    apply("multiply", accumulate ? multiplyAdd : multiply, x, y, z);
  }

  @Override
  public final double sum(Vec x) {
    return workers.sumRanges(x.size(), GRAIN, (from, to) -> sum(x.data(), x.at(from), to - from));
  }

  @Override
  public final double dot(Vec x, Vec y) {
    Checks.sameSize("dot", "x", x, "y", y);
    if (x.size() <= GRAIN) { // a parameter of a layer, mostly: no lambda
      return dot(x.data(), x.offset(), y.data(), y.offset(), x.size());
    }
    return workers.sumRanges(
        x.size(), GRAIN, (from, to) -> dot(x.data(), x.at(from), y.data(), y.at(from), to - from));
  }

  @Override
  public final float max(Vec x) {
    return max(x.data(), x.offset(), x.size());
  }

  @Override
  public final void columnSums(Matrix x, Vec y, boolean accumulate) {
    Checks.storedByRows("columnSums", "x", x);
    if (x.cols() != y.size()) {
      throw new IllegalArgumentException(
          "columnSums: x is " + x.shape() + ", y has " + y.size() + " elements");
    }
    if (!accumulate) {
      Arrays.fill(y.data(), y.offset(), y.at(y.size()), 0);
    }
    addColumnSums(x.data(), x.offset(), x.stride(), x.rows(), x.cols(), y.data(), y.offset());
  }

  @Override
  public final void addColumnSums(
      float[] x, int xOffset, int ldx, int rows, int cols, float[] y, int yOffset) {
    int grain = 4 * rowGrain(cols);
    int chunks = Math.max(1, Workers.chunks(rows, grain));
    double[] partial = scratch.doubles(chunks * cols);
    Arrays.fill(partial, 0, chunks * cols, 0);
    if (chunks == 1) {
      addColumnSums(x, xOffset, ldx, rows, cols, partial, 0);
    } else {
      workers.forRanges(
          rows,
          grain,
          (from, to) ->
              addColumnSums(
                  x, xOffset + from * ldx, ldx, to - from, cols, partial, from / grain * cols));
    }
    for (int j = 0; j < cols; j++) {
      double sum = 0;
      for (int c = 0; c < chunks; c++) {
        sum += partial[c * cols + j];
      }
      y[yOffset + j] = (float) (y[yOffset + j] + sum);
    }
  }

  @Override
  public final void softmaxRows(Matrix x, Matrix y) {
    checkDense("softmaxRows", "x", x, "y", y);
    if (workers.threads() == 1 || x.rows() <= rowGrain(x.cols())) {
      softmaxRows(x.data(), x.offset(), x.rows(), x.cols(), y.data(), y.offset());
      return;
    }
    workers.forRanges(
        x.rows(),
        rowGrain(x.cols()),
        (from, to) ->
            softmaxRows(x.data(), x.at(from, 0), to - from, x.cols(), y.data(), y.at(from, 0)));
  }

  @Override
  public final void softmaxRowsGradient(Matrix y, Matrix dy, Matrix dx, boolean accumulate) {
    checkDense("softmaxRowsGradient", "y", y, "dy", dy);
    checkDense("softmaxRowsGradient", "y", y, "dx", dx);
    workers.forRanges(
        y.rows(),
        rowGrain(y.cols()),
        (from, to) -> softmaxRowsGradient(y, dy, dx, accumulate, from, to));
  }

  @Override
  public final double bceWithLogits(Vec z, Vec t, float scale, Vec dz) {
    Checks.sameSize("bceWithLogits", "z", z, "t", t);
    Checks.sameSize("bceWithLogits", "z", z, "dz", dz);
    return workers.sumRanges(
        z.size(), GRAIN, (from, to) -> bceWithLogits(z, t, scale, dz, from, to));
  }

  private static void checkDense(String op, String x, Matrix xs, String y, Matrix ys) {
    Checks.sameShape(op, x, xs, y, ys);
    Checks.dense(op, x, xs);
    Checks.dense(op, y, ys);
  }

  /** How many rows of {@code cols} make a chunk. */
  private static int rowGrain(int cols) {
    return Math.max(1, GRAIN / Math.max(1, cols));
  }
}

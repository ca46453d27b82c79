package org.recallrank.bench.cases;

import static org.recallrank.bench.cases.Oracle.EPSILON;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.recallrank.kernels.Ids;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.OptimizerKernel.AdamStep;
import org.recallrank.kernels.OptimizerKernel.Gradient;
import org.recallrank.kernels.OptimizerKernel.Moments;
import org.recallrank.kernels.OptimizerKernel.Rows;
import org.recallrank.kernels.OptimizerKernel.Table;
import org.recallrank.kernels.Vec;

/** An Adam step with L2 on an embedding table of which a batch has touched some rows. */
public final class AdamCase implements KernelCase {

  /** Which rows move. */
  public enum Tables {
    /** All, in one pass over the table. */
    DENSE,
    /** Those touched, one by one, as {@link org.recallrank.autograd.optim.Adam} does. */
    LAZY
  }

  /** G (4), m and v (3 + 4), denominator (3), w (3), its square (2). */
  private static final int FLOPS = 19;

  /** The constants of the step. */
  public static final AdamStep STEP = new AdamStep(0.5f, 0.01f, 1e-3f, 0.9, 0.999, 1e-8f, 0.5f);

  public final Tables tables;
  public final int rows;
  public final int dim;

  /** Table row of each row of {@link #g}, ascending. */
  public final int[] touched;

  /** Row of {@link #g} of each table row, or -1. */
  public final int[] slotOfRow;

  /** Weights, [rows, dim]. */
  public final float[] w;

  /** Means, [rows, dim]. */
  public final float[] m;

  /** Mean squares, [rows, dim]. */
  public final float[] v;

  /** Gradient, [touched, dim]. */
  public final float[] g;

  private double norm;

  /**
   * @param draws random rows that the batch looks up, of which some may be equal
   */
  public AdamCase(Tables tables, int rows, int dim, int draws) {
    this.tables = tables;
    this.rows = rows;
    this.dim = dim;
    SplittableRandom random = new SplittableRandom(42);
    touched = Arrays.stream(Oracle.positions(random, draws, rows)).distinct().sorted().toArray();
    slotOfRow = new int[rows];
    Arrays.fill(slotOfRow, -1);
    for (int s = 0; s < touched.length; s++) {
      slotOfRow[touched[s]] = s;
    }
    int n = Math.multiplyExact(rows, dim);
    w = new float[n];
    m = new float[n];
    v = new float[n];
    g = Oracle.normals(random, touched.length * dim);
    reset();
  }

  @Override
  public String name() {
    return "adam " + tables + " " + rows + "x" + dim + " " + touched.length + " touched";
  }

  /** w, m and v of the rows that move are read and written, and the gradient is read. */
  @Override
  public Work work() {
    double n = (double) (tables == Tables.DENSE ? rows : touched.length) * dim;
    double indices = tables == Tables.DENSE ? rows : touched.length;
    double bytes = Float.BYTES * (6 * n + g.length) + Integer.BYTES * indices;
    return new Work(n, "weights", FLOPS * n, bytes);
  }

  @Override
  public void reset() {
    fill(w, 1, -0.5);
    fill(m, 2, -0.5);
    fill(v, 3, 0.01);
    norm = Double.NaN;
  }

  private static float[] fill(float[] values, long seed, double least) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(least, 0.5);
    }
    return values;
  }

  @Override
  public Object run(Kernels kernels) {
    Moments moments = new Moments(Vec.of(w), Vec.of(m), Vec.of(v));
    Matrix rows = Matrix.of(g, touched.length, dim);
    Gradient gradient =
        tables == Tables.DENSE ? new Table(slotOfRow, rows) : new Rows(Ids.of(touched), rows);
    norm = kernels.optimizer().adam(moments, gradient, STEP);
    return norm;
  }

  /** Sets the sum of squares of w that an operation without this result leaves out. */
  public void sumSquares() {
    norm = 0;
    for (float weight : w) {
      norm += (double) weight * weight;
    }
  }

  @Override
  public void compare() {
    float[] w0 = fill(new float[w.length], 1, -0.5);
    float[] m0 = fill(new float[m.length], 2, -0.5);
    float[] v0 = fill(new float[v.length], 3, 0.01);
    double squares = 0;
    for (int at = 0; at < w.length; at++) {
      int slot = slotOfRow[at / dim];
      if (tables == Tables.LAZY && slot < 0) {
        Oracle.close(name() + " w", at, w[at], w0[at], 0);
        Oracle.close(name() + " m", at, m[at], m0[at], 0);
        Oracle.close(name() + " v", at, v[at], v0[at], 0);
      } else {
        compare(at, w0[at], m0[at], v0[at], slot < 0 ? 0 : g[slot * dim + at % dim]);
        squares += (double) w[at] * w[at];
      }
    }
    Oracle.close(name() + " squares", 0, norm, squares, 1e-9 * squares);
  }

  /** Each bound counts the roundings on the way, the constants' included. */
  private void compare(int at, double w0, double m0, double v0, double gradient) {
    double total = STEP.gradientScale() * (gradient + STEP.lambda() * w0);
    double totalError =
        3 * EPSILON * STEP.gradientScale() * (Math.abs(gradient) + STEP.lambda() * Math.abs(w0));
    double beta1 = STEP.beta1();
    double beta2 = STEP.beta2();
    double mean = beta1 * m0 + (1 - beta1) * total;
    double meanError =
        (1 - beta1) * totalError
            + 3 * EPSILON * (Math.abs(beta1 * m0) + (1 - beta1) * Math.abs(total));
    double square = beta2 * v0 + (1 - beta2) * total * total;
    double squareError = (1 - beta2) * 2 * Math.abs(total) * totalError + 4 * EPSILON * square;
    double denominator = Math.sqrt(square) / STEP.rootOfCorrection() + STEP.epsilon();
    double update = STEP.stepSize() * mean / denominator;
    double updateError =
        STEP.stepSize() * meanError / denominator
            + Math.abs(update) * (squareError / square / 2 + 5 * EPSILON);
    Oracle.close(name() + " m", at, m[at], mean, meanError);
    Oracle.close(name() + " v", at, v[at], square, squareError);
    Oracle.close(
        name() + " w", at, w[at], w0 - update, updateError + EPSILON * Math.abs(w0 - update));
  }
}

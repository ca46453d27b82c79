package org.recallrank.bench.cases;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.Vec;

/** A function of each element, or a softmax of each row, of a dense matrix. */
public final class VectorMathCase implements KernelCase {

  /** e^x: range reduction (6), a polynomial of degree 6 (12), scaling (3). */
  static final int EXP_FLOPS = 21;

  /** 1 / (1 + e^-x). */
  static final int SIGMOID_FLOPS = EXP_FLOPS + 2;

  /** Two units in the last place are at most four roundings. */
  private static final double EXP_ERROR = 4 * Oracle.EPSILON + 1e-7;

  /**
   * What is computed.
   *
   * <p>A function counts as the operations of the SIMD backend's polynomial, a multiply-add as two,
   * so that points of a roofline can be compared.
   */
  public enum Function {
    EXP(EXP_FLOPS),
    SIGMOID(SIGMOID_FLOPS),
    /** Maximum, difference, exp, sum, quotient. */
    SOFTMAX(EXP_FLOPS + 4);

    private final int flops;

    Function(int flops) {
      this.flops = flops;
    }
  }

  public final Function function;
  public final int rows;
  public final int cols;

  /** [rows, cols]. */
  public final float[] x;

  /** [rows, cols]. */
  public final float[] y;

  public VectorMathCase(Function function, int rows, int cols) {
    this.function = function;
    this.rows = rows;
    this.cols = cols;
    x = Oracle.normals(new SplittableRandom(42), Math.multiplyExact(rows, cols));
    y = new float[x.length];
  }

  @Override
  public String name() {
    return "math " + function + " " + rows + "x" + cols;
  }

  @Override
  public Work work() {
    double n = x.length;
    return new Work(n, "elements", function.flops * n, 2 * Float.BYTES * n);
  }

  @Override
  public void reset() {
    Arrays.fill(y, Float.NaN);
  }

  @Override
  public Object run(Kernels kernels) {
    switch (function) {
      case EXP -> kernels.math().exp(Vec.of(x), Vec.of(y));
      case SIGMOID -> kernels.math().sigmoid(Vec.of(x), Vec.of(y));
      case SOFTMAX ->
          kernels.math().softmaxRows(Matrix.of(x, rows, cols), Matrix.of(y, rows, cols));
    }
    return y;
  }

  /** Within the bounds that {@link org.recallrank.kernels.VectorMath} states. */
  @Override
  public void compare() {
    for (int row = 0; row < rows; row++) {
      double min = Double.POSITIVE_INFINITY;
      double max = Double.NEGATIVE_INFINITY;
      for (int i = row * cols; i < (row + 1) * cols; i++) {
        min = Math.min(min, x[i]);
        max = Math.max(max, x[i]);
      }
      double sum = 0;
      for (int i = row * cols; i < (row + 1) * cols; i++) {
        sum += Math.exp(x[i] - max);
      }
      for (int i = row * cols; i < (row + 1) * cols; i++) {
        switch (function) {
          case EXP -> Oracle.close(name(), i, y[i], Math.exp(x[i]), EXP_ERROR * Math.exp(x[i]));
          case SIGMOID -> {
            double sigmoid = 1 / (1 + Math.exp(-x[i]));
            Oracle.close(name(), i, y[i], sigmoid, 3e-7 * sigmoid);
          }
          case SOFTMAX -> {
            double softmax = Math.exp(x[i] - max) / sum;
            // Here and in the sum: exp itself, and the rounding of its argument.
            double error = 2 * (EXP_ERROR + (max - min) * Oracle.EPSILON);
            Oracle.close(name(), i, y[i], softmax, (error + (cols + 2) * Oracle.EPSILON) * softmax);
          }
        }
      }
    }
  }
}

package org.recallrank.bench.cases;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.MatMulKernel.Activation;
import org.recallrank.kernels.MatMulKernel.Epilogue;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.Vec;

/**
 * A matrix product C [m, n] = op(A) op(B) with dense operands, or max(0, op(A) op(B) + bias) with a
 * bias per column.
 */
public final class GemmCase implements KernelCase {
  private final String label;
  public final boolean transposeA;
  public final boolean transposeB;
  public final int m;
  public final int n;
  public final int k;

  /** [m, k] or, transposed, [k, m]. */
  public final float[] a;

  /** [k, n] or, transposed, [n, k]. */
  public final float[] b;

  /** n values, or null for neither bias nor ReLU. */
  public final float[] bias;

  /** [m, n]. */
  public final float[] c;

  /** One of training's products at a batch size. */
  public GemmCase(GemmShape shape, int batch) {
    this(
        shape.name(),
        shape.transposeA,
        shape.transposeB,
        shape.m(batch),
        shape.n(batch),
        shape.k(batch));
  }

  public GemmCase(String label, boolean transposeA, boolean transposeB, int m, int n, int k) {
    this(label, transposeA, transposeB, m, n, k, false);
  }

  public GemmCase(
      String label,
      boolean transposeA,
      boolean transposeB,
      int m,
      int n,
      int k,
      boolean biasAndRelu) {
    this.label = label;
    this.transposeA = transposeA;
    this.transposeB = transposeB;
    this.m = m;
    this.n = n;
    this.k = k;
    SplittableRandom random = new SplittableRandom(42);
    a = Oracle.normals(random, m * k);
    b = Oracle.normals(random, k * n);
    bias = biasAndRelu ? Oracle.normals(random, n) : null;
    c = new float[m * n];
  }

  /** Floats from one stored row of A to the next. */
  public int lda() {
    return transposeA ? m : k;
  }

  /** Floats from one stored row of B to the next. */
  public int ldb() {
    return transposeB ? k : n;
  }

  @Override
  public String name() {
    return "gemm " + label + " " + m + "x" + n + "x" + k + (bias == null ? "" : " bias, ReLU");
  }

  @Override
  public Work work() {
    double products = (double) m * n * k;
    double floats = (double) m * k + (double) k * n + (double) m * n;
    return new Work(products, "multiply-adds", 2 * products, Float.BYTES * floats);
  }

  @Override
  public void reset() {
    Arrays.fill(c, Float.NaN);
  }

  @Override
  public Object run(Kernels kernels) {
    Activation activation = bias == null ? Activation.NONE : Activation.RELU;
    Epilogue epilogue = Epilogue.of(bias == null ? null : Vec.of(bias), activation);
    Matrix as = transposeA ? Matrix.of(a, k, m).t() : Matrix.of(a, m, k);
    Matrix bs = transposeB ? Matrix.of(b, n, k).t() : Matrix.of(b, k, n);
    kernels.matMul().gemm(as, bs, Matrix.of(c, m, n), epilogue, 1, 0);
    return c;
  }

  @Override
  public void compare() {
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        compare(i, j);
      }
    }
  }

  /** Compares some elements only, where all of them would take the oracle minutes. */
  public void compareSome(int elements) {
    SplittableRandom random = new SplittableRandom(7);
    for (int e = 0; e < elements; e++) {
      compare(random.nextInt(m), random.nextInt(n));
    }
  }

  private void compare(int i, int j) {
    double sum = 0;
    double magnitude = 0;
    for (int p = 0; p < k; p++) {
      double term =
          (double) a[transposeA ? p * m + i : i * k + p] * b[transposeB ? j * k + p : p * n + j];
      sum += term;
      magnitude += Math.abs(term);
    }
    if (bias != null) {
      sum += bias[j];
      magnitude += Math.abs(bias[j]);
    }
    double expected = bias == null ? sum : Math.max(0, sum);
    Oracle.close(name(), i * n + j, c[i * n + j], expected, (k + 2) * Oracle.EPSILON * magnitude);
  }
}

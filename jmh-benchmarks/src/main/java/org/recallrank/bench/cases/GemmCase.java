package org.recallrank.bench.cases;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.recallrank.kernels.Kernels;

/** A matrix product C [m, n] = op(A) op(B) with dense operands. */
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
    this.label = label;
    this.transposeA = transposeA;
    this.transposeB = transposeB;
    this.m = m;
    this.n = n;
    this.k = k;
    SplittableRandom random = new SplittableRandom(42);
    a = Oracle.normals(random, m * k);
    b = Oracle.normals(random, k * n);
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
    return "gemm " + label + " " + m + "x" + n + "x" + k;
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
    kernels.matMul().gemm(transposeA, transposeB, m, n, k, 1, a, 0, lda(), b, 0, ldb(), 0, c, 0, n);
    return c;
  }

  @Override
  public void compare() {
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        double sum = 0;
        double magnitude = 0;
        for (int p = 0; p < k; p++) {
          double term =
              (double) a[transposeA ? p * m + i : i * k + p]
                  * b[transposeB ? j * k + p : p * n + j];
          sum += term;
          magnitude += Math.abs(term);
        }
        Oracle.close(name(), i * n + j, c[i * n + j], sum, (k + 1) * Oracle.EPSILON * magnitude);
      }
    }
  }
}

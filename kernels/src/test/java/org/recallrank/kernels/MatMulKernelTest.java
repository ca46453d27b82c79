package org.recallrank.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.recallrank.kernels.MatMulKernel.Activation;
import org.recallrank.kernels.MatMulKernel.Matrices;

class MatMulKernelTest {
  private static final double EPS = Math.ulp(1f) / 2.0;

  static Stream<Kernels> backends() {
    return Backends.withVariants();
  }

  /** One product, its operands in arrays with offsets and wider rows than needed. */
  private static final class Case {
    final boolean ta;
    final boolean tb;
    final int m;
    final int n;
    final int k;
    final float alpha;
    final float beta;
    final boolean bias;
    final Activation activation;
    final int lda;
    final int ldb;
    final int ldc;
    final float[] a;
    final float[] b;
    final float[] c;
    final float[] biasArray;
    static final int A_AT = 5;
    static final int B_AT = 2;
    static final int C_AT = 7;
    static final int BIAS_AT = 1;

    Case(
        long seed,
        boolean ta,
        boolean tb,
        int m,
        int n,
        int k,
        float alpha,
        float beta,
        boolean bias,
        Activation activation) {
      this.ta = ta;
      this.tb = tb;
      this.m = m;
      this.n = n;
      this.k = k;
      this.alpha = alpha;
      this.beta = beta;
      this.bias = bias;
      this.activation = activation;
      Random random = new Random(seed);
      lda = (ta ? m : k) + random.nextInt(4);
      ldb = (tb ? k : n) + random.nextInt(4);
      ldc = n + 1 + random.nextInt(3);
      a = Backends.random(random, A_AT + (ta ? k : m) * lda, 1);
      b = Backends.random(random, B_AT + (tb ? n : k) * ldb, 1);
      c = Backends.random(random, C_AT + m * ldc + 9, 1);
      biasArray = Backends.random(random, BIAS_AT + n, 1);
      if (beta == 0) {
        for (int i = 0; i < m; i++) {
          for (int j = 0; j < n; j++) {
            c[C_AT + i * ldc + j] = Float.NaN; // must not be read
          }
        }
      }
    }

    float[] run(MatMulKernel kernel) {
      float[] out = c.clone();
      kernel.gemm(
          ta,
          tb,
          m,
          n,
          k,
          alpha,
          a,
          A_AT,
          lda,
          b,
          B_AT,
          ldb,
          beta,
          out,
          C_AT,
          ldc,
          bias ? biasArray : null,
          BIAS_AT,
          activation);
      return out;
    }

    void check(float[] out) {
      for (int i = 0; i < out.length; i++) {
        int row = Math.floorDiv(i - C_AT, ldc);
        int col = Math.floorMod(i - C_AT, ldc);
        if (row < 0 || row >= m || col >= n) {
          assertThat(out[i]).as("%s: outside C, at %d", this, i - C_AT).isEqualTo(c[i]);
          continue;
        }
        double sum = 0;
        double magnitude = 0;
        for (int p = 0; p < k; p++) {
          double x = a[A_AT + (ta ? p * lda + row : row * lda + p)];
          double y = b[B_AT + (tb ? col * ldb + p : p * ldb + col)];
          sum += x * y;
          magnitude += Math.abs(x * y);
        }
        sum *= alpha;
        magnitude *= Math.abs(alpha);
        if (beta != 0) {
          sum += (double) beta * c[i];
          magnitude += Math.abs(beta * c[i]);
        }
        if (bias) {
          sum += biasArray[BIAS_AT + col];
          magnitude += Math.abs(biasArray[BIAS_AT + col]);
        }
        double expected = activation == Activation.RELU ? Math.max(sum, 0) : sum;
        Backends.assertClose(
            out[i], expected, 2 * (k + 4) * EPS * magnitude, this + " [" + row + ", " + col + "]");
      }
    }

    @Override
    public String toString() {
      return (ta ? "A^T " : "A ")
          + (tb ? "B^T " : "B ")
          + m
          + "x"
          + n
          + "x"
          + k
          + " alpha "
          + alpha
          + " beta "
          + beta
          + (bias ? " bias " : " ")
          + activation;
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void agreesWithDoublePrecisionForAllTransposesAndOddSizes(Kernels kernels) {
    Random random = new Random(7);
    int[] ms = {0, 1, 2, 5, 6, 7, 13, 97, 101};
    int[] ns = {0, 1, 3, 4, 8, 15, 16, 17, 30, 33, 47, 50, 64, 65, 81, 100, 131};
    int[] ks = {0, 1, 2, 7, 30, 191, 193, 401};
    for (int m : ms) {
      for (int n : ns) {
        int k = ks[random.nextInt(ks.length)];
        for (int transposes = 0; transposes < 4; transposes++) {
          float alpha = random.nextBoolean() ? 1 : -0.75f;
          float beta = new float[] {0, 1, 0.5f}[random.nextInt(3)];
          Case c =
              new Case(
                  random.nextLong(),
                  (transposes & 1) != 0,
                  (transposes & 2) != 0,
                  m,
                  n,
                  k,
                  alpha,
                  beta,
                  random.nextBoolean(),
                  random.nextBoolean() ? Activation.RELU : Activation.NONE);
          c.check(c.run(kernels.matMul()));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void agreesOnTheShapesOfTheModels(Kernels kernels) {
    new Shape(false, true, 250, 400, 30).check(kernels);
    new Shape(false, true, 130, 30, 400).check(kernels);
    new Shape(false, false, 130, 400, 50).check(kernels);
    new Shape(true, false, 40, 30, 1024).check(kernels);
    new Shape(true, false, 30, 40, 1024).check(kernels);
  }

  /** So large that backends take it a part at a time. */
  @ParameterizedTest
  @MethodSource("backends")
  void goesOnWhereAPartOfTheDepthEnded(Kernels kernels) {
    for (int m : new int[] {9, 203}) {
      for (float beta : new float[] {0, 0.5f}) {
        Case c = new Case(m, true, false, m, 131, 4100, 1, beta, true, Activation.RELU);
        c.check(c.run(kernels.matMul()));
      }
    }
  }

  private record Shape(boolean ta, boolean tb, int m, int n, int k) {
    void check(Kernels kernels) {
      for (Activation activation : Activation.values()) {
        Case c = new Case(m + n + k, ta, tb, m, n, k, 1, 0, true, activation);
        c.check(c.run(kernels.matMul()));
      }
    }
  }

  @Test
  void sameBitsForEveryNumberOfThreads() {
    for (Kernels one : Backends.withThreads(1)) {
      for (int threads : new int[] {2, 5}) {
        Kernels more = Backends.named(one.name(), threads);
        for (int transposes = 0; transposes < 4; transposes++) {
          Case c =
              new Case(
                  3,
                  (transposes & 1) != 0,
                  (transposes & 2) != 0,
                  331,
                  205,
                  260,
                  1,
                  0.5f,
                  true,
                  Activation.RELU);
          assertThat(c.run(more.matMul()))
              .as("%s with %d threads, %s", one.name(), threads, c)
              .isEqualTo(c.run(one.matMul()));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void passesNaNAndInfinityOn(Kernels kernels) {
    float[] a = {Float.NaN, 1, Float.POSITIVE_INFINITY, 1};
    float[] b = {1, 0, 0, 1};
    float[] c = new float[4];
    kernels
        .matMul()
        .gemm(false, false, 2, 2, 2, 1, a, 0, 2, b, 0, 2, 0, c, 0, 2, null, 0, Activation.RELU);
    assertThat(c[0]).isNaN();
    assertThat(c[2]).isEqualTo(Float.POSITIVE_INFINITY);
    assertThat(c[3]).isNaN(); // 0 * Infinity + 1
  }

  @ParameterizedTest
  @MethodSource("backends")
  void saysWhatIsWrongWithTheArguments(Kernels kernels) {
    MatMulKernel kernel = kernels.matMul();
    float[] x = new float[12];
    assertThatThrownBy(() -> kernel.gemm(false, false, -1, 2, 3, 1, x, 0, 3, x, 0, 2, 0, x, 0, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("gemm: m must not be negative: -1");
    assertThatThrownBy(() -> kernel.gemm(false, false, 4, 2, 4, 1, x, 0, 4, x, 0, 2, 0, x, 0, 2))
        .hasMessage(
            "gemm: a [4, 4] with leading dimension 4 needs 16 elements from offset 0, but its"
                + " array has 12");
    assertThatThrownBy(() -> kernel.gemm(false, true, 2, 3, 4, 1, x, 0, 4, x, 0, 3, 0, x, 0, 3))
        .hasMessage("gemm: leading dimension of b is 3, smaller than its row of 4");
    assertThatThrownBy(() -> kernel.gemm(false, false, 2, 2, 2, 1, x, 0, 2, x, 9, 2, 0, x, 0, 2))
        .hasMessageContaining("gemm: b [2, 2]");
    assertThatThrownBy(() -> kernel.gemm(false, false, 2, 2, 2, 1, x, 0, 2, x, 0, 2, 0, x, -1, 2))
        .hasMessageContaining("gemm: c [2, 2]");
    assertThatThrownBy(
            () ->
                kernel.gemm(
                    false, false, 2, 3, 2, 1, x, 0, 2, x, 0, 3, 0, x, 0, 3, x, 10, Activation.NONE))
        .hasMessage("gemm: bias needs 3 elements from offset 10, but its array has 12");
  }

  /** Many small products, their matrices apart and with wider rows than needed. */
  private static final class Batched {
    final boolean ta;
    final boolean tb;
    final int count;
    final int m;
    final int n;
    final int k;
    final float alpha;
    final boolean accumulate;
    final Matrices a;
    final Matrices b;
    final Matrices c;

    Batched(
        Random random,
        boolean ta,
        boolean tb,
        int count,
        int m,
        int n,
        int k,
        float alpha,
        boolean accumulate) {
      this.ta = ta;
      this.tb = tb;
      this.count = count;
      this.m = m;
      this.n = n;
      this.k = k;
      this.alpha = alpha;
      this.accumulate = accumulate;
      a = matrices(random, 5, ta ? k : m, ta ? m : k, random.nextInt(4));
      b = matrices(random, 2, tb ? n : k, tb ? k : n, random.nextInt(4));
      c = matrices(random, 7, m, n, 1 + random.nextInt(3));
      for (int q = 0; q < count && !accumulate; q++) {
        for (int i = 0; i < m; i++) {
          for (int j = 0; j < n; j++) {
            c.data()[at(c, q, i, j)] = Float.NaN; // must not be read
          }
        }
      }
    }

    private Matrices matrices(Random random, int offset, int rows, int cols, int wider) {
      int step = rows * (cols + wider) + random.nextInt(3);
      float[] data = Backends.random(random, offset + count * step + 9, 1);
      return new Matrices(data, offset, cols + wider, step);
    }

    private static int at(Matrices x, int q, int i, int j) {
      return x.offset() + q * x.step() + i * x.ld() + j;
    }

    float[] run(MatMulKernel kernel) {
      float[] out = c.data().clone();
      Matrices to = new Matrices(out, c.offset(), c.ld(), c.step());
      kernel.batched(ta, tb, count, m, n, k, alpha, a, b, to, accumulate);
      return out;
    }

    void check(float[] out) {
      double[] expected = new double[out.length];
      double[] bound = new double[out.length];
      for (int i = 0; i < out.length; i++) {
        expected[i] = c.data()[i];
      }
      for (int q = 0; q < count; q++) {
        for (int i = 0; i < m; i++) {
          for (int j = 0; j < n; j++) {
            int at = at(c, q, i, j);
            double sum = 0;
            double magnitude = accumulate ? Math.abs(c.data()[at]) : 0;
            for (int p = 0; p < k; p++) {
              double x = a.data()[ta ? at(a, q, p, i) : at(a, q, i, p)];
              double y = b.data()[tb ? at(b, q, j, p) : at(b, q, p, j)];
              sum += alpha * x * y;
              magnitude += Math.abs(alpha * x * y);
            }
            expected[at] = accumulate ? c.data()[at] + sum : sum;
            bound[at] = 2 * (k + 4) * EPS * magnitude;
          }
        }
      }
      for (int i = 0; i < out.length; i++) {
        Backends.assertClose(out[i], expected[i], bound[i], this + " at " + (i - c.offset()));
      }
    }

    @Override
    public String toString() {
      return count
          + (ta ? " A^T " : " A ")
          + (tb ? "B^T " : "B ")
          + m
          + "x"
          + n
          + "x"
          + k
          + " alpha "
          + alpha
          + (accumulate ? " accumulate" : "");
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void batchedProductsAgreeWithDoublePrecision(Kernels kernels) {
    Random random = new Random(17);
    int[] ms = {0, 1, 3, 10};
    int[] ns = {0, 1, 3, 10, 15, 16, 17, 32, 47, 64, 65};
    int[] ks = {0, 1, 3, 10, 16, 31, 33};
    for (int m : ms) {
      for (int n : ns) {
        for (int k : ks) {
          for (int transposes = 0; transposes < 4; transposes++) {
            Batched products =
                new Batched(
                    random,
                    (transposes & 1) != 0,
                    (transposes & 2) != 0,
                    random.nextInt(4),
                    m,
                    n,
                    k,
                    random.nextBoolean() ? 1 : -0.75f,
                    random.nextBoolean());
            products.check(products.run(kernels.matMul()));
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void aStepOfZeroRepeatsAMatrix(Kernels kernels) {
    float[] ones = {1, 1, 1};
    float[] x = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    float[] sums = new float[4];
    kernels
        .matMul()
        .batched(
            false,
            false,
            2,
            1,
            2,
            3,
            1,
            new Matrices(ones, 0, 3, 0),
            new Matrices(x, 0, 2, 6),
            new Matrices(sums, 0, 2, 2),
            false);
    assertThat(sums).containsExactly(9, 12, 27, 30);
  }

  @Test
  void batchedProductsGiveTheSameBitsForEveryNumberOfThreads() {
    for (Kernels one : Backends.withThreads(1)) {
      Kernels more = Backends.named(one.name(), 5);
      for (int transposes = 0; transposes < 4; transposes++) {
        Batched products =
            new Batched(
                new Random(5),
                (transposes & 1) != 0,
                (transposes & 2) != 0,
                500,
                7,
                33,
                20,
                0.5f,
                true);
        assertThat(products.run(more.matMul()))
            .as("%s, %s", one.name(), products)
            .isEqualTo(products.run(one.matMul()));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void saysWhatIsWrongWithBatchedArguments(Kernels kernels) {
    MatMulKernel kernel = kernels.matMul();
    Matrices x = new Matrices(new float[12], 0, 2, 4);
    assertThatThrownBy(() -> kernel.batched(false, false, -1, 2, 2, 2, 1, x, x, x, false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("batched: count must not be negative: -1");
    assertThatThrownBy(() -> kernel.batched(false, false, 3, 2, 2, 3, 1, x, x, x, false))
        .hasMessage("batched: leading dimension of a is 2, smaller than its row of 3");
    assertThatThrownBy(() -> kernel.batched(false, false, 4, 2, 2, 2, 1, x, x, x, false))
        .hasMessage(
            "batched: last a [2, 2] with leading dimension 2 needs 4 elements from offset 12, but"
                + " its array has 12");
    assertThatThrownBy(() -> kernel.batched(false, false, 9, 2, 2, 2, 1, x, x, x, false))
        .hasMessageContaining("the last of 9 matrices a starts at element 32")
        .hasMessageContaining("has 12");
    Matrices back = new Matrices(new float[12], 8, 2, -4);
    assertThatThrownBy(() -> kernel.batched(false, false, 2, 2, 2, 2, 1, x, back, x, false))
        .hasMessage("batched: step of b must not be negative: -4");
  }
}

package org.recallrank.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.recallrank.kernels.MatMulKernel.Activation;
import org.recallrank.kernels.MatMulKernel.Epilogue;
import org.recallrank.kernels.MatMulKernel.Matrices;

class MatMulKernelTest {
  private static final double EPS = Math.ulp(1f) / 2.0;

  static Stream<Kernels> backends() {
    return BackendsUnderTest.withVariants();
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
    final Activation activation;
    final Matrix a;
    final Matrix b;
    final Matrix c;
    final Vec bias;
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
      this.activation = activation;
      Random random = new Random(seed);
      int lda = (ta ? m : k) + random.nextInt(4);
      int ldb = (tb ? k : n) + random.nextInt(4);
      int ldc = n + 1 + random.nextInt(3);
      a =
          new Matrix(
              BackendsUnderTest.random(random, A_AT + (ta ? k : m) * lda, 1), A_AT, m, k, lda, ta);
      b =
          new Matrix(
              BackendsUnderTest.random(random, B_AT + (tb ? n : k) * ldb, 1), B_AT, k, n, ldb, tb);
      c = new Matrix(BackendsUnderTest.random(random, C_AT + m * ldc + 9, 1), C_AT, m, n, ldc);
      float[] biasArray = BackendsUnderTest.random(random, BIAS_AT + n, 1);
      this.bias = bias ? new Vec(biasArray, BIAS_AT, n) : null;
      if (beta == 0) {
        for (int i = 0; i < m; i++) {
          for (int j = 0; j < n; j++) {
            c.data()[c.at(i, j)] = Float.NaN; // must not be read
          }
        }
      }
    }

    float[] run(MatMulKernel kernel) {
      float[] out = c.data().clone();
      Matrix to = new Matrix(out, c.offset(), m, n, c.stride());
      kernel.gemm(a, b, to, Epilogue.of(bias, activation), alpha, beta);
      return out;
    }

    void check(float[] out) {
      for (int i = 0; i < out.length; i++) {
        int row = Math.floorDiv(i - C_AT, c.stride());
        int col = Math.floorMod(i - C_AT, c.stride());
        if (row < 0 || row >= m || col >= n) {
          assertThat(out[i]).as("%s: outside C, at %d", this, i - C_AT).isEqualTo(c.data()[i]);
          continue;
        }
        double sum = 0;
        double magnitude = 0;
        for (int p = 0; p < k; p++) {
          double x = a.data()[a.at(row, p)];
          double y = b.data()[b.at(p, col)];
          sum += x * y;
          magnitude += Math.abs(x * y);
        }
        sum *= alpha;
        magnitude *= Math.abs(alpha);
        if (beta != 0) {
          sum += (double) beta * c.data()[i];
          magnitude += Math.abs(beta * c.data()[i]);
        }
        if (bias != null) {
          sum += bias.get(col);
          magnitude += Math.abs(bias.get(col));
        }
        double expected = activation == Activation.RELU ? Math.max(sum, 0) : sum;
        BackendsUnderTest.assertClose(
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
          + (bias != null ? " bias " : " ")
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
    for (Kernels one : BackendsUnderTest.withThreads(1)) {
      for (int threads : new int[] {2, 5}) {
        Kernels more = BackendsUnderTest.named(one.name(), threads);
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
    Matrix a = Matrix.of(new float[] {Float.NaN, 1, Float.POSITIVE_INFINITY, 1}, 2, 2);
    Matrix b = Matrix.of(new float[] {1, 0, 0, 1}, 2, 2);
    float[] c = new float[4];
    Epilogue relu = Epilogue.of(null, Activation.RELU);
    kernels.matMul().gemm(a, b, Matrix.of(c, 2, 2), relu, 1, 0);
    assertThat(c[0]).isNaN();
    assertThat(c[2]).isEqualTo(Float.POSITIVE_INFINITY);
    assertThat(c[3]).isNaN(); // 0 * Infinity + 1
  }

  @ParameterizedTest
  @MethodSource("backends")
  void saysWhichShapesDoNotFit(Kernels kernels) {
    MatMulKernel kernel = kernels.matMul();
    float[] x = new float[56];
    Matrix a = Matrix.of(x, 4, 7);
    assertThatThrownBy(() -> kernel.gemm(a, Matrix.of(x, 8, 3), Matrix.of(x, 4, 3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("gemm: a is [4, 7], b is [8, 3]; inner dimensions 7 and 8 differ");
    assertThatThrownBy(() -> kernel.gemm(a, Matrix.of(x, 3, 7).t(), Matrix.of(x, 4, 2)))
        .hasMessage("gemm: a is [4, 7], b is [7, 3], but c is [4, 2]");
    assertThatThrownBy(() -> kernel.gemm(a, Matrix.of(x, 3, 7).t(), Matrix.of(x, 5, 3)))
        .hasMessage("gemm: a is [4, 7], b is [7, 3], but c is [5, 3]");
    assertThatThrownBy(() -> kernel.gemm(a, Matrix.of(x, 3, 7).t(), Matrix.of(x, 3, 4).t()))
        .hasMessage("gemm: c must not be transposed");
    Epilogue bias = Epilogue.of(new Vec(x, 0, 4), Activation.NONE);
    assertThatThrownBy(() -> kernel.gemm(a, Matrix.of(x, 7, 3), Matrix.of(x, 4, 3), bias, 1, 0))
        .hasMessage("gemm: bias has 4 elements; 3 are needed");
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
      Matrices storedA = matrices(random, 5, ta ? k : m, ta ? m : k, random.nextInt(4));
      Matrices storedB = matrices(random, 2, tb ? n : k, tb ? k : n, random.nextInt(4));
      a = ta ? storedA.t() : storedA;
      b = tb ? storedB.t() : storedB;
      c = matrices(random, 7, m, n, 1 + random.nextInt(3));
      for (int q = 0; q < count && !accumulate; q++) {
        for (int i = 0; i < m; i++) {
          for (int j = 0; j < n; j++) {
            data(c)[at(c, q, i, j)] = Float.NaN; // must not be read
          }
        }
      }
    }

    private Matrices matrices(Random random, int offset, int rows, int cols, int wider) {
      int step = rows * (cols + wider) + random.nextInt(3);
      float[] data = BackendsUnderTest.random(random, offset + Math.max(1, count) * step + 9, 1);
      return new Matrices(new Matrix(data, offset, rows, cols, cols + wider), count, step);
    }

    private static float[] data(Matrices x) {
      return x.first().data();
    }

    private static int at(Matrices x, int q, int i, int j) {
      return x.first().at(i, j) + q * x.step();
    }

    float[] run(MatMulKernel kernel) {
      float[] out = data(c).clone();
      Matrix first = new Matrix(out, c.first().offset(), m, n, c.first().stride());
      kernel.batched(a, b, new Matrices(first, count, c.step()), alpha, accumulate);
      return out;
    }

    void check(float[] out) {
      double[] expected = new double[out.length];
      double[] bound = new double[out.length];
      for (int i = 0; i < out.length; i++) {
        expected[i] = data(c)[i];
      }
      for (int q = 0; q < count; q++) {
        for (int i = 0; i < m; i++) {
          for (int j = 0; j < n; j++) {
            int at = at(c, q, i, j);
            double sum = 0;
            double magnitude = accumulate ? Math.abs(data(c)[at]) : 0;
            for (int p = 0; p < k; p++) {
              double x = data(a)[at(a, q, i, p)];
              double y = data(b)[at(b, q, p, j)];
              sum += alpha * x * y;
              magnitude += Math.abs(alpha * x * y);
            }
            expected[at] = accumulate ? data(c)[at] + sum : sum;
            bound[at] = 2 * (k + 4) * EPS * magnitude;
          }
        }
      }
      for (int i = 0; i < out.length; i++) {
        String where = this + " at " + (i - c.first().offset());
        BackendsUnderTest.assertClose(out[i], expected[i], bound[i], where);
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
    Matrix ones = Matrix.of(new float[] {1, 1, 1}, 1, 3);
    float[] x = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    float[] sums = new float[4];
    kernels
        .matMul()
        .batched(
            new Matrices(ones, 2, 0),
            new Matrices(Matrix.of(x, 3, 2), 2, 6),
            new Matrices(Matrix.of(sums, 1, 2), 2, 2),
            1,
            false);
    assertThat(sums).containsExactly(9, 12, 27, 30);
  }

  @Test
  void batchedProductsGiveTheSameBitsForEveryNumberOfThreads() {
    for (Kernels one : BackendsUnderTest.withThreads(1)) {
      Kernels more = BackendsUnderTest.named(one.name(), 5);
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

  @Test
  void matricesFitTheirArray() {
    Matrix first = new Matrix(new float[12], 0, 2, 2, 2);
    assertThat(new Matrices(first, 3, 4).at(2)).isEqualTo(8);
    assertThatThrownBy(() -> new Matrices(first, -1, 4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("-1 matrices 4 floats apart");
    assertThatThrownBy(() -> new Matrices(first, 4, 4))
        .hasMessage(
            "4 matrices 4 floats apart, the first of them matrix [2, 2] with row stride 2 at"
                + " offset 0 of an array of 12");
    assertThatThrownBy(() -> new Matrices(first.t(), Integer.MAX_VALUE, 4))
        .hasMessageContaining("of an array of 12");
    Matrix last = new Matrix(new float[12], 8, 2, 2, 2);
    assertThatThrownBy(() -> new Matrices(last, 2, -4))
        .hasMessageContaining("2 matrices -4 floats apart");
  }

  @ParameterizedTest
  @MethodSource("backends")
  void saysWhichBatchedShapesDoNotFit(Kernels kernels) {
    MatMulKernel kernel = kernels.matMul();
    float[] data = new float[60];
    Matrices x = new Matrices(Matrix.of(data, 2, 3), 3, 6);
    Matrices y = new Matrices(Matrix.of(data, 3, 3), 3, 9);
    assertThatThrownBy(() -> kernel.batched(x, x, x, 1, false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("batched: a is [2, 3], b is [2, 3]; inner dimensions 3 and 2 differ");
    assertThatThrownBy(() -> kernel.batched(x, y, y, 1, false))
        .hasMessage("batched: a is [2, 3], b is [3, 3], but c is [3, 3]");
    Matrices fewer = new Matrices(y.first(), 2, 9);
    assertThatThrownBy(() -> kernel.batched(x, fewer, x, 1, false))
        .hasMessage("batched: numbers of matrices differ: 3 a, 2 b, 3 c");
  }
}

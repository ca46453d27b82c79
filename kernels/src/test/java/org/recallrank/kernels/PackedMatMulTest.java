package org.recallrank.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.recallrank.kernels.MatMulKernel.Activation;
import org.recallrank.kernels.MatMulKernel.Packed;

/** Products with a packed matrix. */
class PackedMatMulTest {
  private static final double EPS = Math.ulp(1f) / 2.0;
  private static final int A_AT = 5;
  private static final int B_AT = 2;
  private static final int C_AT = 7;

  static Stream<Kernels> backends() {
    return BackendsUnderTest.all();
  }

  /** One product, its operands in arrays with offsets and wider rows than needed. */
  private static final class Case {
    final Matrix a;
    final Matrix b;
    final Vec bias;
    final Activation activation;
    final int ldc;

    Case(Random random, int m, int n, int k) {
      int lda = k + random.nextInt(4);
      a = new Matrix(BackendsUnderTest.random(random, A_AT + m * lda, 1), A_AT, m, k, lda);
      boolean transposed = random.nextBoolean();
      int ldb = (transposed ? k : n) + random.nextInt(4);
      float[] weights = BackendsUnderTest.random(random, B_AT + (transposed ? n : k) * ldb, 1);
      b = new Matrix(weights, B_AT, k, n, ldb, transposed);
      float[] biases = BackendsUnderTest.random(random, 1 + n, 1);
      bias = random.nextInt(4) == 0 ? null : new Vec(biases, 1, n);
      activation = random.nextBoolean() ? Activation.RELU : Activation.NONE;
      ldc = n + 1 + random.nextInt(3);
    }

    /** Inputs as they come: zeros of both signs, denormals, products that underflow. */
    void makeHard(Random random) {
      harden(random, a.data());
      harden(random, b.data());
      if (bias != null) {
        harden(random, bias.data());
      }
    }

    private static void harden(Random random, float[] x) {
      for (int i = 0; i < x.length; i++) {
        x[i] =
            switch (random.nextInt(8)) {
              case 0, 1, 2 -> 0f;
              case 3 -> -0f;
              case 4 -> x[i] * 0x1p-130f;
              case 5 -> x[i] * 0x1p-75f;
              default -> x[i];
            };
      }
    }

    /** C with the border around it. */
    float[] run(MatMulKernel kernel) {
      return run(kernel, kernel.pack(b, bias));
    }

    float[] run(MatMulKernel kernel, Packed packed) {
      float[] out = new float[C_AT + a.rows() * ldc + 40];
      Arrays.fill(out, BackendsUnderTest.BORDER);
      kernel.gemm(a, packed, activation, new Matrix(out, C_AT, a.rows(), b.cols(), ldc));
      return out;
    }

    /** The chain that is promised, for an element of C. */
    float chain(int row, int col) {
      float sum = bias == null ? 0 : bias.get(col);
      for (int p = 0; p < a.cols(); p++) {
        sum = Math.fma(a.data()[a.at(row, p)], b.data()[b.at(p, col)], sum);
      }
      return activation == Activation.RELU && sum <= 0 ? 0 : sum + 0f;
    }

    void check(float[] out) {
      float[] expected = new float[out.length];
      Arrays.fill(expected, BackendsUnderTest.BORDER);
      for (int i = 0; i < a.rows(); i++) {
        for (int j = 0; j < b.cols(); j++) {
          expected[C_AT + i * ldc + j] = chain(i, j);
        }
      }
      assertSameBits(out, expected, toString());
    }

    void checkInDouble(float[] out) {
      for (int i = 0; i < a.rows(); i++) {
        for (int j = 0; j < b.cols(); j++) {
          double sum = bias == null ? 0 : bias.get(j);
          double magnitude = Math.abs(sum);
          for (int p = 0; p < a.cols(); p++) {
            double product = (double) a.data()[a.at(i, p)] * b.data()[b.at(p, j)];
            sum += product;
            magnitude += Math.abs(product);
          }
          double expected = activation == Activation.RELU ? Math.max(sum, 0) : sum;
          BackendsUnderTest.assertClose(
              out[C_AT + i * ldc + j],
              expected,
              2 * (a.cols() + 4) * EPS * magnitude,
              this + " [" + i + ", " + j + "]");
        }
      }
    }

    @Override
    public String toString() {
      return "%s times %s, bias %s, %s".formatted(a, b, bias != null, activation);
    }
  }

  private static void assertSameBits(float[] got, float[] expected, String what) {
    for (int i = 0; i < expected.length; i++) {
      if (Float.floatToIntBits(got[i]) != Float.floatToIntBits(expected[i])) {
        throw new AssertionError(
            "%s, at %s: expected %s, got %s".formatted(what, i - C_AT, expected[i], got[i]));
      }
    }
  }

  /** Of every tile and edge; whatever lies around C stays as it is. */
  @ParameterizedTest
  @MethodSource("backends")
  void everyElementIsOneChainAlongTheDepth(Kernels kernels) {
    Random random = new Random(11);
    int[] ms = {0, 1, 2, 3, 4, 5, 6, 7, 9, 50};
    int[] ns = {0, 1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 23, 24, 30, 33, 60, 64, 65, 81, 130, 131, 280};
    int[] ks = {0, 1, 2, 3, 4, 5, 7, 30, 61, 193};
    for (int m : ms) {
      for (int n : ns) {
        for (int k : ks) {
          Case c = new Case(random, m, n, k);
          if (random.nextBoolean()) {
            c.makeHard(random);
          }
          c.check(c.run(kernels.matMul()));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void agreesWithDoublePrecisionOnTheShapesOfTheModels(Kernels kernels) {
    Random random = new Random(12);
    for (int[] shape : new int[][] {{130, 400, 30}, {401, 400, 400}, {9, 60, 60}, {203, 1, 430}}) {
      Case c = new Case(random, shape[0], shape[1], shape[2]);
      float[] out = c.run(kernels.matMul());
      c.checkInDouble(out);
      c.check(out);
    }
  }

  /** Even where zeros are skipped, which only some numbers of rows allow. */
  @ParameterizedTest
  @MethodSource("backends")
  void theBitsOfARowDependOnNoOtherRow(Kernels kernels) {
    MatMulKernel kernel = kernels.matMul();
    Random random = new Random(13);
    for (int n : new int[] {1, 5, 17, 75, 136}) {
      Case all = new Case(random, 70, n, 93);
      all.makeHard(random);
      Packed packed = kernel.pack(all.b, all.bias);
      float[] whole = all.run(kernel, packed);
      for (int rows = 1; rows <= 20; rows++) {
        for (int from = 0; from + rows <= 70; from += 1 + random.nextInt(9)) {
          float[] out = new float[rows * n];
          kernel.gemm(all.a.rows(from, rows), packed, all.activation, Matrix.of(out, rows, n));
          for (int i = 0; i < rows; i++) {
            int at = C_AT + (from + i) * all.ldc;
            assertThat(Arrays.copyOfRange(out, i * n, (i + 1) * n))
                .as("row %s of %s from %s, %s", i, rows, from, all)
                .isEqualTo(Arrays.copyOfRange(whole, at, at + n));
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void aSumThatUnderflowsIsNoNegativeZero(Kernels kernels) {
    MatMulKernel kernel = kernels.matMul();
    for (int n : new int[] {1, 8, 16, 64}) {
      float[] ones = new float[2 * n];
      Arrays.fill(ones, 1e-30f);
      Packed packed = kernel.pack(Matrix.of(ones, 2, n), null);
      for (int m = 1; m < 6; m++) {
        float[] a = new float[2 * m];
        for (int i = 0; i < m; i++) {
          a[2 * i] = -1e-30f;
        }
        float[] c = new float[m * n];
        kernel.gemm(Matrix.of(a, m, 2), packed, Activation.NONE, Matrix.of(c, m, n));
        assertThat(c).as("%s rows, %s columns", m, n).isEqualTo(new float[m * n]);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void passesNaNAndInfinityOfAOn(Kernels kernels) {
    MatMulKernel kernel = kernels.matMul();
    for (int n : new int[] {1, 8, 16, 64}) {
      float[] ones = new float[2 * n];
      Arrays.fill(ones, 1);
      Packed packed = kernel.pack(Matrix.of(ones, 2, n), null);
      for (int m = 1; m < 6; m++) {
        float[] a = new float[2 * m];
        a[2 * m - 1] = Float.POSITIVE_INFINITY;
        a[0] = m == 1 ? 0 : Float.NaN;
        float[] c = new float[m * n];
        kernel.gemm(Matrix.of(a, m, 2), packed, Activation.RELU, Matrix.of(c, m, n));
        assertThat(c[m * n - 1]).isEqualTo(Float.POSITIVE_INFINITY);
        assertThat(Float.isNaN(c[0])).isEqualTo(m > 1);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void keepsNothingOfTheArraysItWasMadeFrom(Kernels kernels) {
    MatMulKernel kernel = kernels.matMul();
    float[] b = {1, 2, 3, 4};
    float[] bias = {10, 20};
    Packed packed = kernel.pack(Matrix.of(b, 2, 2), Vec.of(bias));
    Arrays.fill(b, 9);
    Arrays.fill(bias, 9);
    float[] c = new float[2];
    kernel.gemm(Matrix.of(new float[] {1, 1}, 1, 2), packed, Activation.NONE, Matrix.of(c, 1, 2));
    assertThat(c).containsExactly(14, 26);
    assertThat(packed.rows()).isEqualTo(2);
    assertThat(packed.cols()).isEqualTo(2);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void threadsMayShareWhatIsPacked(Kernels kernels) {
    Case c = new Case(new Random(14), 101, 75, 60);
    Packed packed = kernels.matMul().pack(c.b, c.bias);
    Stream.generate(() -> CompletableFuture.runAsync(() -> repeat(c, kernels.matMul(), packed)))
        .limit(2)
        .toList()
        .forEach(CompletableFuture::join);
  }

  private static void repeat(Case c, MatMulKernel kernel, Packed packed) {
    float[] first = c.run(kernel, packed);
    c.check(first);
    for (int i = 0; i < 50; i++) {
      assertSameBits(c.run(kernel, packed), first, c.toString());
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void saysWhatDoesNotFit(Kernels kernels) {
    MatMulKernel kernel = kernels.matMul();
    float[] x = new float[56];
    Packed packed = kernel.pack(Matrix.of(x, 3, 7).t(), Vec.of(new float[3]));
    Matrix a = Matrix.of(x, 4, 7);
    Activation none = Activation.NONE;
    assertThatThrownBy(() -> kernel.pack(Matrix.of(x, 7, 3), Vec.of(new float[4])))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("pack: bias has 4 elements; 3 are needed");
    assertThatThrownBy(() -> kernel.gemm(Matrix.of(x, 4, 8), packed, none, Matrix.of(x, 4, 3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("gemm: a is [4, 8], packed b is [7, 3]; inner dimensions 8 and 7 differ");
    assertThatThrownBy(() -> kernel.gemm(a, packed, none, Matrix.of(x, 4, 2)))
        .hasMessage("gemm: a is [4, 7], packed b is [7, 3], but c is [4, 2]");
    assertThatThrownBy(() -> kernel.gemm(a, packed, none, Matrix.of(x, 3, 4).t()))
        .hasMessageStartingWith("gemm: c must not be transposed: matrix [4, 3] (transposed)");
    Matrix turned = Matrix.of(x, 7, 4).t();
    assertThatThrownBy(() -> kernel.gemm(turned, packed, none, Matrix.of(x, 4, 3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("gemm: a must not be transposed: matrix [4, 7] (transposed)");
  }

  @ParameterizedTest
  @MethodSource("backends")
  void refusesWeightsThatAreNotFinite(Kernels kernels) {
    MatMulKernel kernel = kernels.matMul();
    float[] x = new float[6];
    x[5] = Float.NaN;
    assertThatThrownBy(() -> kernel.pack(Matrix.of(x, 2, 3), null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("pack: b must be finite; row 1, column 2 is NaN");
    x[5] = Float.NEGATIVE_INFINITY;
    assertThatThrownBy(() -> kernel.pack(Matrix.of(x, 3, 2).t(), null))
        .hasMessage("pack: b must be finite; row 1, column 2 is -Infinity");
  }

  @Test
  void refusesWhatAnotherBackendPacked() {
    MatMulKernel scalar = BackendsUnderTest.named("scalar", 2).matMul();
    MatMulKernel simd = BackendsUnderTest.named("simd", 2).matMul();
    Matrix one = Matrix.of(new float[1], 1, 1);
    assertThatThrownBy(() -> simd.gemm(one, scalar.pack(one, null), Activation.NONE, one))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "gemm: b was packed by another backend (ScalarWeights); pack it with the SIMD one");
    assertThatThrownBy(() -> scalar.gemm(one, simd.pack(one, null), Activation.NONE, one))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("gemm: b was packed by another backend (Weights); pack it with the scalar one");
  }
}

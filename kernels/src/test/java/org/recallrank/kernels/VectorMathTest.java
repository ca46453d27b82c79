package org.recallrank.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class VectorMathTest {
  private static final int AT = BackendsUnderTest.LEFT;
  private static final float EPS = Math.ulp(1f);

  static Stream<Kernels> backends() {
    return BackendsUnderTest.all();
  }

  /** The n elements of an array between its borders. */
  private static Vec inside(float[] bordered, int n) {
    return new Vec(bordered, AT, n);
  }

  /** A function of one variable as a kernel offers it. */
  @FunctionalInterface
  private interface Unary {
    void apply(Vec x, Vec y);
  }

  /** Every 2^13-ish-th float of all signs and exponents, and the special ones. */
  private static float[] wholeRange() {
    float[] special = {
      0f,
      -0f,
      Float.NaN,
      Float.POSITIVE_INFINITY,
      Float.NEGATIVE_INFINITY,
      Float.MIN_VALUE,
      -Float.MIN_VALUE,
      Float.MIN_NORMAL,
      Float.MAX_VALUE,
      -Float.MAX_VALUE,
      1f,
      -1f,
      -0.99999994f,
      88.72f,
      88.722839f,
      88.73f,
      -87.3f,
      -87.5f,
      -103.9f,
      -103.97f,
      -104.1f,
      9f,
      0.35f,
      1e-8f
    };
    int step = 9973;
    int count = (int) ((1L << 32) / step);
    float[] x = new float[special.length + count];
    System.arraycopy(special, 0, x, 0, special.length);
    for (int i = 0; i < count; i++) {
      x[special.length + i] = Float.intBitsToFloat(i * step);
    }
    return x;
  }

  private static float[] denseRange(float from, float to, int n) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = from + (to - from) * i / (n - 1);
    }
    return x;
  }

  /** Compares with a double oracle; {@code relative} of the result, or of a denormal's own ulp. */
  private static void checkFunction(
      String name, Unary kernel, DoubleUnaryOperator oracle, double relative, float[] x) {
    float[] y = new float[x.length];
    kernel.apply(Vec.of(x), Vec.of(y));
    for (int i = 0; i < x.length; i++) {
      double expected = oracle.applyAsDouble(x[i]);
      if (Math.abs(expected) > Float.MAX_VALUE) {
        expected = (float) expected;
      }
      double bound = relative * Math.abs(expected) + 2 * Float.MIN_VALUE;
      if (Float.isInfinite(y[i]) && Math.abs(expected) * (1 + relative) >= Float.MAX_VALUE) {
        continue;
      }
      BackendsUnderTest.assertClose(y[i], expected, bound, name + "(" + x[i] + ")");
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void functionsKeepTheirBoundsOverAllFloats(Kernels kernels) {
    VectorMath math = kernels.math();
    float[][] ranges = {
      wholeRange(),
      denseRange(-110, 95, 300_001),
      denseRange(-2, 2, 300_001),
      denseRange(-0.9999999f, 1e-3f, 100_001)
    };
    for (float[] x : ranges) {
      checkFunction("exp", math::exp, Math::exp, 2 * EPS + 1e-7, x);
      checkFunction("sigmoid", math::sigmoid, v -> 1 / (1 + Math.exp(-v)), 3e-7, x);
      checkFunction("tanh", math::tanh, Math::tanh, 3e-7, x);
      checkFunction("relu", math::relu, v -> v > 0 || Double.isNaN(v) ? v : 0, 0, x);
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void limitsOfExp(Kernels kernels) {
    float[] x = {-104.1f, -1e30f, Float.NEGATIVE_INFINITY, 88.74f, 1e30f, 0f, -0f};
    float[] y = new float[x.length];
    kernels.math().exp(Vec.of(x), Vec.of(y));
    assertThat(y)
        .containsExactly(0f, 0f, 0f, Float.POSITIVE_INFINITY, Float.POSITIVE_INFINITY, 1f, 1f);
  }

  /** Alone it may be computed in another way, but its bits are the same. */
  @ParameterizedTest
  @MethodSource("backends")
  void anElementDoesNotDependOnItsNeighbours(Kernels kernels) {
    VectorMath math = kernels.math();
    Unary[] functions = {math::exp, math::sigmoid, math::tanh, math::relu};
    float[] all = wholeRange();
    int count = kernels.name().equals("opencl") ? 100 : 20_000;
    for (Unary f : functions) {
      float[] x = java.util.Arrays.copyOf(all, count);
      System.arraycopy(denseRange(-30, 30, count / 2), 0, x, count / 2, count / 2);
      float[] together = new float[count];
      f.apply(Vec.of(x), Vec.of(together));
      for (int i = 0; i < count; i++) {
        float[] alone = {x[i]};
        f.apply(Vec.of(alone), Vec.of(alone));
        assertThat(Float.floatToIntBits(alone[0]))
            .as("of %s", x[i])
            .isEqualTo(Float.floatToIntBits(together[i]));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void functionsStayInTheirRangeAndMayRunInPlace(Kernels kernels) {
    VectorMath math = kernels.math();
    Unary[] functions = {math::exp, math::sigmoid, math::tanh, math::relu};
    Random random = new Random(1);
    for (Unary f : functions) {
      for (int n : BackendsUnderTest.sizes()) {
        float[] x = BackendsUnderTest.random(random, n, 3);
        float[] whole = new float[n];
        f.apply(Vec.of(x), Vec.of(whole));
        float[] y = BackendsUnderTest.bordered(n);
        f.apply(inside(BackendsUnderTest.bordered(x), n), inside(y, n));
        BackendsUnderTest.assertBorders(y, n, "function of " + n);
        assertThat(BackendsUnderTest.inner(y, n)).isEqualTo(whole);
        f.apply(Vec.of(x), Vec.of(x));
        assertThat(x).isEqualTo(whole);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void elementwiseOperationsAreExact(Kernels kernels) {
    VectorMath math = kernels.math();
    Random random = new Random(2);
    for (int n : BackendsUnderTest.sizes()) {
      float[] x = BackendsUnderTest.random(random, n, 2);
      float[] y = BackendsUnderTest.random(random, n, 2);
      float[] z = BackendsUnderTest.random(random, n, 2);
      Vec xs = inside(BackendsUnderTest.bordered(x), n);
      Vec ys = inside(BackendsUnderTest.bordered(y), n);
      for (boolean accumulate : new boolean[] {false, true}) {
        float[] out = BackendsUnderTest.bordered(z);
        if (!accumulate) {
          java.util.Arrays.fill(out, AT, AT + n, Float.NaN);
        }
        Vec outs = inside(out, n);
        float[] start = out.clone();
        math.scale(-1.5f, xs, outs, accumulate);
        check(out, n, i -> -1.5f * x[i], accumulate ? z : null, "scale");
        System.arraycopy(start, 0, out, 0, out.length);
        math.multiply(xs, ys, outs, accumulate);
        check(out, n, i -> x[i] * y[i], accumulate ? z : null, "multiply");
        System.arraycopy(start, 0, out, 0, out.length);
        math.reluGradient(xs, ys, 1.25f, outs, accumulate);
        check(out, n, i -> x[i] > 0 ? 1.25f * y[i] : 0, accumulate ? z : null, "reluGradient");
        System.arraycopy(start, 0, out, 0, out.length);
        long seed = 0x123456789abcdefL;
        math.dropout(xs, outs, 0.3f, seed, accumulate);
        float scale = 1f / (1f - 0.3f);
        check(
            out,
            n,
            i -> CounterHash.keep(seed, i, 0.3f) ? x[i] * scale : 0,
            accumulate ? z : null,
            "dropout");
      }
      float[] out = BackendsUnderTest.bordered(n);
      math.add(xs, ys, inside(out, n));
      check(out, n, i -> x[i] + y[i], null, "add");
      math.addRelu(x, 0, y, 0, out, AT, n);
      check(out, n, i -> Math.max(0, x[i] + y[i]), null, "addRelu");
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void bitsSayWhatIsPositive(Kernels kernels) {
    VectorMath math = kernels.math();
    Random random = new Random(3);
    for (int n : BackendsUnderTest.sizes()) {
      float[] x = BackendsUnderTest.random(random, n, 2);
      for (int i = 0; i < n; i += 5) {
        x[i] =
            new float[] {0f, -0f, Float.NaN, Float.MIN_VALUE, Float.POSITIVE_INFINITY}[i / 5 % 5];
      }
      int words = (n + 31) / 32;
      int[] bits = new int[words + 2];
      java.util.Arrays.fill(bits, 0x5a5a5a5a);
      math.positives(BackendsUnderTest.bordered(x), AT, n, bits, 1);
      for (int i = 0; i < 32 * words; i++) {
        assertThat(bits[1 + i / 32] >>> i & 1)
            .as("bit %d of %d", i, n)
            .isEqualTo(i < n && x[i] > 0 ? 1 : 0);
      }
      assertThat(new int[] {bits[0], bits[words + 1]}).containsOnly(0x5a5a5a5a);
      float[] y = BackendsUnderTest.bordered(n);
      math.fillWhere(bits, 1, -2.5f, y, AT, n);
      check(y, n, i -> x[i] > 0 ? -2.5f : 0, null, "fillWhere");
    }
    assertThatThrownBy(() -> math.positives(new float[33], 0, 33, new int[1], 0))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> math.fillWhere(new int[2], 0, 1, new float[32], 0, 33))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @FunctionalInterface
  private interface Element {
    float at(int i);
  }

  private static void check(float[] out, int n, Element expected, float[] added, String what) {
    BackendsUnderTest.assertBorders(out, n, what);
    for (int i = 0; i < n; i++) {
      float e = added == null ? expected.at(i) : added[i] + expected.at(i);
      assertThat(out[AT + i]).as("%s at %d of %d", what, i, n).isEqualTo(e);
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void dropoutKeepsAboutTheRightShareAndIsItsOwnGradient(Kernels kernels) {
    int n = 200_000;
    float[] ones = new float[n];
    java.util.Arrays.fill(ones, 1);
    float[] y = new float[n];
    kernels.math().dropout(Vec.of(ones), Vec.of(y), 0.2f, 99, false);
    long kept = 0;
    for (float v : y) {
      kept += v == 0 ? 0 : 1;
    }
    assertThat(kept / (double) n).isBetween(0.795, 0.805);
    float[] again = new float[n];
    kernels.math().dropout(Vec.of(ones), Vec.of(again), 0.2f, 99, false);
    assertThat(again).isEqualTo(y);
    kernels.math().dropout(Vec.of(ones), Vec.of(again), 0f, 99, false);
    assertThat(again).isEqualTo(ones);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void reductionsAddInDouble(Kernels kernels) {
    VectorMath math = kernels.math();
    Random random = new Random(3);
    for (int n : new int[] {0, 1, 7, 15, 16, 17, 33, 1021, 40_003, 100_000}) {
      float[] x = BackendsUnderTest.random(random, n, 1000);
      float[] y = BackendsUnderTest.random(random, n, 1);
      float[] px = BackendsUnderTest.bordered(x);
      Vec xs = inside(px, n);
      Vec ys = inside(BackendsUnderTest.bordered(y), n);
      double sum = 0;
      double squares = 0;
      double dot = 0;
      double sizes = 0;
      float max = Float.NEGATIVE_INFINITY;
      for (int i = 0; i < n; i++) {
        sum += x[i];
        squares += (double) x[i] * x[i];
        dot += (double) x[i] * y[i];
        sizes += Math.abs(x[i]);
        max = Math.max(max, x[i]);
      }
      double eps = n * 0x1p-52;
      BackendsUnderTest.assertClose(math.sum(xs), sum, eps * sizes, "sum of " + n);
      BackendsUnderTest.assertClose(
          math.sumOfSquares(xs), squares, eps * squares, "squares of " + n);
      BackendsUnderTest.assertClose(math.dot(xs, ys), dot, eps * sizes, "dot of " + n);
      assertThat(math.max(xs)).isEqualTo(max);
      if (n > 0) {
        px[AT + n - 1] = Float.NaN;
        assertThat(math.max(xs)).isNaN();
        assertThat(math.sum(xs)).isNaN();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void columnReductions(Kernels kernels) {
    VectorMath math = kernels.math();
    Random random = new Random(4);
    for (int cols : new int[] {1, 3, 16, 17, 50, 131}) {
      for (int rows : new int[] {0, 1, 15, 16, 17, 333}) {
        int ld = cols + 2;
        float[] x = BackendsUnderTest.random(random, 3 + rows * ld + 3, 1);
        for (boolean accumulate : new boolean[] {false, true}) {
          float[] start = BackendsUnderTest.random(random, Math.max(rows, cols), 1);
          float[] y = BackendsUnderTest.bordered(java.util.Arrays.copyOf(start, cols));
          math.columnSums(new Matrix(x, 3, rows, cols, ld), inside(y, cols), accumulate);
          BackendsUnderTest.assertBorders(y, cols, "columnSums");
          for (int j = 0; j < cols; j++) {
            double sum = accumulate ? start[j] : 0;
            for (int i = 0; i < rows; i++) {
              sum += x[3 + i * ld + j];
            }
            BackendsUnderTest.assertClose(
                y[AT + j], sum, EPS * Math.max(1, Math.abs(sum)), "columnSums");
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void softmaxAndItsGradient(Kernels kernels) {
    VectorMath math = kernels.math();
    Random random = new Random(5);
    for (int cols : new int[] {1, 2, 5, 15, 16, 17, 33, 100}) {
      int rows = 37;
      float[] x = BackendsUnderTest.random(random, rows * cols, 30);
      float[] dy = BackendsUnderTest.random(random, rows * cols, 1);
      float[] y = BackendsUnderTest.bordered(rows * cols);
      Matrix ys = new Matrix(y, AT, rows, cols);
      math.softmaxRows(Matrix.of(x, rows, cols), ys);
      BackendsUnderTest.assertBorders(y, rows * cols, "softmax");
      float[] start = BackendsUnderTest.random(random, rows * cols, 1);
      float[] dx = BackendsUnderTest.bordered(start);
      math.softmaxRowsGradient(ys, Matrix.of(dy, rows, cols), new Matrix(dx, AT, rows, cols), true);
      BackendsUnderTest.assertBorders(dx, rows * cols, "softmax gradient");
      for (int i = 0; i < rows; i++) {
        double max = Double.NEGATIVE_INFINITY;
        for (int j = 0; j < cols; j++) {
          max = Math.max(max, x[i * cols + j]);
        }
        double sum = 0;
        for (int j = 0; j < cols; j++) {
          sum += Math.exp(x[i * cols + j] - max);
        }
        double dot = 0;
        for (int j = 0; j < cols; j++) {
          double below = max - x[i * cols + j];
          double expected = Math.exp(-below) / sum;
          // The difference to the maximum is rounded to float before the exponential.
          double relative = 6e-7 + EPS * below;
          BackendsUnderTest.assertClose(
              y[AT + i * cols + j], expected, relative * expected + 1e-44, "softmax");
          dot += (double) y[AT + i * cols + j] * dy[i * cols + j];
        }
        for (int j = 0; j < cols; j++) {
          double expected = start[i * cols + j] + y[AT + i * cols + j] * (dy[i * cols + j] - dot);
          BackendsUnderTest.assertClose(dx[AT + i * cols + j], expected, 1e-6, "softmax gradient");
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void crossEntropyWithLogits(Kernels kernels) {
    Random random = new Random(6);
    for (int n : BackendsUnderTest.sizes()) {
      float[] z = BackendsUnderTest.random(random, n, 20);
      float[] t = new float[n];
      for (int i = 0; i < n; i++) {
        t[i] = i % 3 == 0 ? random.nextFloat() : random.nextInt(2);
      }
      if (n > 9) {
        z[1] = 1000;
        z[2] = -1000;
        z[3] = 0;
        z[4] = -60;
      }
      float[] dz = BackendsUnderTest.bordered(n);
      Vec zs = inside(BackendsUnderTest.bordered(z), n);
      Vec ts = inside(BackendsUnderTest.bordered(t), n);
      double loss = kernels.math().bceWithLogits(zs, ts, 0.25f, inside(dz, n));
      BackendsUnderTest.assertBorders(dz, n, "bce");
      double expected = 0;
      double magnitude = 0;
      for (int i = 0; i < n; i++) {
        double v = z[i];
        expected += Math.max(v, 0) - v * t[i] + Math.log1p(Math.exp(-Math.abs(v)));
        magnitude += Math.abs(v) + 1;
        double p = 1 / (1 + Math.exp(-v));
        BackendsUnderTest.assertClose(dz[AT + i], 0.25 * (p - t[i]), 2e-7, "bce gradient");
      }
      BackendsUnderTest.assertClose(loss, expected, 3e-7 * magnitude, "bce of " + n);
    }
  }

  @Test
  void sameBitsForEveryNumberOfThreads() {
    Random random = new Random(7);
    int n = 100_003;
    float[] x = BackendsUnderTest.random(random, n, 5);
    float[] t = new float[n];
    for (int i = 0; i < n; i++) {
      t[i] = random.nextInt(2);
    }
    for (Kernels one : BackendsUnderTest.withThreads(1)) {
      for (int threads : new int[] {2, 5}) {
        Kernels more = BackendsUnderTest.named(one.name(), threads);
        assertThat(results(more.math(), x, t)).isEqualTo(results(one.math(), x, t));
      }
    }
  }

  /** Compiled code must add in the order of the interpreter: Vector API reductions do not. */
  @ParameterizedTest
  @MethodSource("backends")
  void sameBitsBeforeAndAfterCompilation(Kernels kernels) {
    VectorMath math = kernels.math();
    Vec x = Vec.of(BackendsUnderTest.random(new Random(8), 77, 10));
    Vec y = Vec.of(BackendsUnderTest.random(new Random(9), 77, 1));
    double sum = math.sum(x);
    double dot = math.dot(x, y);
    float[] first = new float[77];
    float[] z = new float[77];
    math.softmaxRows(x.matrix(7, 11), Matrix.of(first, 7, 11));
    for (int repeat = 0; repeat < 20_000; repeat++) {
      assertThat(math.sum(x) == sum && math.dot(x, y) == dot).isTrue();
    }
    for (int repeat = 0; repeat < 2_000; repeat++) {
      math.softmaxRows(x.matrix(7, 11), Matrix.of(z, 7, 11));
      assertThat(java.util.Arrays.equals(z, first)).isTrue();
    }
  }

  private static double[] results(VectorMath math, float[] x, float[] t) {
    int n = x.length;
    float[] y = new float[n];
    float[] sums = new float[77];
    Vec xs = Vec.of(x);
    Vec ys = Vec.of(y);
    math.sigmoid(xs, ys);
    math.dropout(xs, ys, 0.5f, 5, true);
    math.columnSums(Matrix.of(x, n / 77, 77), Vec.of(sums), false);
    double[] all = new double[n + sums.length + 3];
    for (int i = 0; i < n; i++) {
      all[i] = y[i];
    }
    for (int i = 0; i < sums.length; i++) {
      all[n + i] = sums[i];
    }
    all[n + 77] = math.sum(xs);
    all[n + 78] = math.dot(xs, ys);
    all[n + 79] = math.bceWithLogits(xs, Vec.of(t), 1, ys);
    return all;
  }

  @ParameterizedTest
  @MethodSource("backends")
  void saysWhatIsWrongWithTheArguments(Kernels kernels) {
    VectorMath math = kernels.math();
    Vec x = Vec.of(new float[10]);
    Vec three = x.slice(0, 3);
    assertThatThrownBy(() -> math.exp(x.slice(2, 8), x))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("exp: x has 8 elements, y 10");
    assertThatThrownBy(() -> math.add(three, three, x)).hasMessage("add: x has 3 elements, z 10");
    assertThatThrownBy(() -> math.dropout(three, three, 1f, 0, false))
        .hasMessage("dropout: p must be in [0, 1): 1.0");
    assertThatThrownBy(() -> math.dropout(three, three, Float.NaN, 0, false))
        .hasMessage("dropout: p must be in [0, 1): NaN");
    Matrix two = x.matrix(2, 5);
    assertThatThrownBy(() -> math.columnSums(two, x, false))
        .hasMessage("columnSums: x is [2, 5], y has 10 elements");
    assertThatThrownBy(() -> math.columnSums(two.t(), x.slice(0, 2), false))
        .hasMessageContaining("columnSums: x must not be transposed");
    assertThatThrownBy(() -> math.softmaxRows(two, x.matrix(5, 2)))
        .hasMessage("softmaxRows: x is [2, 5], y is [5, 2]");
    assertThatThrownBy(() -> math.softmaxRows(two.columns(0, 4), two.columns(1, 4)))
        .hasMessageContaining("softmaxRows: x must be dense");
  }
}

package org.recallrank.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.recallrank.kernels.OptimizerKernel.AdamStep;
import org.recallrank.kernels.OptimizerKernel.Dense;
import org.recallrank.kernels.OptimizerKernel.Moments;
import org.recallrank.kernels.OptimizerKernel.PlainStep;
import org.recallrank.kernels.OptimizerKernel.Rows;
import org.recallrank.kernels.OptimizerKernel.Squares;
import org.recallrank.kernels.OptimizerKernel.Table;

class OptimizerTest {
  private static final int AT = BackendsUnderTest.LEFT;
  private static final AdamStep STEP =
      new AdamStep(
          0.8f,
          0.01f,
          (float) (1e-3 / (1 - Math.pow(0.9, 3))),
          0.9,
          0.999,
          1e-8f,
          (float) Math.sqrt(1 - Math.pow(0.999, 3)));

  static Stream<Kernels> backends() {
    return BackendsUnderTest.all();
  }

  /** w, m, v and g of one case; v is positive. */
  private static final class Data {
    final float[] w;
    final float[] m;
    final float[] v;
    final float[] g;

    Data(long seed, int n) {
      Random random = new Random(seed);
      w = BackendsUnderTest.random(random, n, 1);
      m = BackendsUnderTest.random(random, n, 0.1f);
      v = BackendsUnderTest.random(random, n, 0.1f);
      for (int i = 0; i < n; i++) {
        v[i] = v[i] * v[i];
      }
      g = BackendsUnderTest.random(random, n, 1);
    }

    Moments moments() {
      return new Moments(Vec.of(w), Vec.of(m), Vec.of(v));
    }
  }

  private static void checkAdam(
      Data before, float[] g, float[] w, float[] m, float[] v, double norm, int n) {
    double squares = 0;
    for (int i = 0; i < n; i++) {
      double gradient = STEP.gradientScale() * ((double) g[i] + STEP.lambda() * before.w[i]);
      double mean = STEP.beta1() * before.m[i] + (1 - STEP.beta1()) * gradient;
      double square = STEP.beta2() * before.v[i] + (1 - STEP.beta2()) * gradient * gradient;
      double updated =
          before.w[i]
              - STEP.stepSize()
                  * mean
                  / (Math.sqrt(square) / STEP.rootOfCorrection() + STEP.epsilon());
      BackendsUnderTest.assertClose(m[AT + i], mean, 1e-7, "m");
      BackendsUnderTest.assertClose(v[AT + i], square, 1e-6 * square + 1e-10, "v");
      BackendsUnderTest.assertClose(
          w[AT + i], updated, 1e-6 * Math.abs(updated - before.w[i]) + 1.2e-7, "w");
      squares += (double) w[AT + i] * w[AT + i];
    }
    BackendsUnderTest.assertClose(norm, squares, 1e-12 * squares, "sum of squares");
  }

  @ParameterizedTest
  @MethodSource("backends")
  void adam(Kernels kernels) {
    for (int n : new int[] {0, 1, 15, 16, 17, 33, 1021, 40_001}) {
      Data d = new Data(n, n);
      float[] w = BackendsUnderTest.bordered(d.w);
      float[] m = BackendsUnderTest.bordered(d.m);
      float[] v = BackendsUnderTest.bordered(d.v);
      Moments moments = new Moments(new Vec(w, AT, n), new Vec(m, AT, n), new Vec(v, AT, n));
      Dense g = new Dense(new Vec(BackendsUnderTest.bordered(d.g), AT, n));
      double norm = kernels.optimizer().adam(moments, g, STEP);
      BackendsUnderTest.assertBorders(w, n, "w");
      BackendsUnderTest.assertBorders(m, n, "m");
      BackendsUnderTest.assertBorders(v, n, "v");
      checkAdam(d, d.g, w, m, v, norm, n);
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void adamOfATableUpdatesEveryRow(Kernels kernels) {
    Random random = new Random(4);
    for (int dim : new int[] {1, 10, 16, 17, 3000}) {
      int rows = dim == 3000 ? 7 : 5003;
      int slots = rows / 3;
      int[] slotOfRow = new int[rows];
      java.util.Arrays.fill(slotOfRow, -1);
      for (int slot = 0; slot < slots; slot++) {
        slotOfRow[random.nextInt(rows)] = slot;
      }
      int n = rows * dim;
      Data d = new Data(dim, n);
      float[] dense = new float[n];
      for (int row = 0; row < rows; row++) {
        if (slotOfRow[row] >= 0) {
          System.arraycopy(d.g, slotOfRow[row] * dim, dense, row * dim, dim);
        }
      }
      float[] w = BackendsUnderTest.bordered(d.w);
      float[] m = d.m.clone();
      float[] v = d.v.clone();
      Moments moments = new Moments(new Vec(w, AT, n), Vec.of(m), Vec.of(v));
      Table g = new Table(slotOfRow, Matrix.of(d.g, rows, dim));
      double norm = kernels.optimizer().adam(moments, g, STEP);
      BackendsUnderTest.assertBorders(w, n, "w");
      checkAdam(d, dense, w, BackendsUnderTest.bordered(m), BackendsUnderTest.bordered(v), norm, n);
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void sgdAndAdagrad(Kernels kernels) {
    for (int n : BackendsUnderTest.sizes()) {
      Data d = new Data(n, n);
      float[] w = BackendsUnderTest.bordered(d.w);
      Dense g = new Dense(Vec.of(d.g));
      PlainStep step = new PlainStep(0.5f, 0.1f, 0.2f);
      double norm = kernels.optimizer().sgd(new Vec(w, AT, n), g, step);
      BackendsUnderTest.assertBorders(w, n, "sgd");
      float[] w2 = BackendsUnderTest.bordered(d.w);
      float[] s = BackendsUnderTest.bordered(d.v);
      Squares sums = new Squares(new Vec(w2, AT, n), new Vec(s, AT, n));
      double norm2 = kernels.optimizer().adagrad(sums, g, step, 1e-10f);
      BackendsUnderTest.assertBorders(w2, n, "adagrad w");
      BackendsUnderTest.assertBorders(s, n, "adagrad s");
      double squares = 0;
      double squares2 = 0;
      for (int i = 0; i < n; i++) {
        double raw = d.g[i] + 0.1 * d.w[i];
        BackendsUnderTest.assertClose(w[AT + i], d.w[i] - 0.1 * raw, 3e-7, "sgd");
        double state = d.v[i] + 0.25 * raw * raw;
        BackendsUnderTest.assertClose(s[AT + i], state, 1e-6 * state + 1e-9, "adagrad state");
        BackendsUnderTest.assertClose(
            w2[AT + i], d.w[i] - 0.2 * 0.5 * raw / (Math.sqrt(state) + 1e-10), 1e-6, "adagrad");
        squares += (double) w[AT + i] * w[AT + i];
        squares2 += (double) w2[AT + i] * w2[AT + i];
      }
      BackendsUnderTest.assertClose(norm, squares, 1e-12 * squares, "sgd norm");
      BackendsUnderTest.assertClose(norm2, squares2, 1e-12 * squares2, "adagrad norm");
    }
  }

  @Test
  void allBackendsGiveTheSameWeights() {
    int n = 5003;
    float[] first = null;
    for (Kernels kernels : BackendsUnderTest.withThreads(1)) {
      Data d = new Data(11, n);
      kernels.optimizer().adam(d.moments(), new Dense(Vec.of(d.g)), STEP);
      if (first == null) {
        first = d.w;
      }
      assertThat(d.w).as(kernels.name()).isEqualTo(first);
    }
  }

  @Test
  void sameBitsForEveryNumberOfThreads() {
    int rows = 20_011;
    int dim = 10;
    int[] slotOfRow = new int[rows];
    for (int row = 0; row < rows; row++) {
      slotOfRow[row] = row % 5 == 0 ? row / 5 : -1;
    }
    for (Kernels one : BackendsUnderTest.withThreads(1)) {
      Data a = new Data(1, rows * dim);
      Table g = new Table(slotOfRow, Matrix.of(a.g, rows, dim));
      double norm = one.optimizer().adam(a.moments(), g, STEP);
      for (int threads : new int[] {2, 5}) {
        Data b = new Data(1, rows * dim);
        double other =
            BackendsUnderTest.named(one.name(), threads)
                .optimizer()
                .adam(b.moments(), new Table(slotOfRow, Matrix.of(b.g, rows, dim)), STEP);
        assertThat(other).isEqualTo(norm);
        assertThat(b.w).isEqualTo(a.w);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void saysWhatIsWrongWithTheArguments(Kernels kernels) {
    float[] x = new float[10];
    OptimizerKernel kernel = kernels.optimizer();
    Vec w = Vec.of(x);
    assertThatThrownBy(() -> new Vec(x, 5, 6))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("vector needs 6 elements from offset 5, but its array has 10");
    assertThatThrownBy(() -> kernel.adam(new Moments(w, new Vec(x, 5, 5), w), new Dense(w), STEP))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("adam: w has 10 elements, m 5");
    assertThatThrownBy(() -> kernel.sgd(w, new Dense(w.slice(0, 9)), new PlainStep(1, 0, 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("sgd: w has 10 elements, g 9");
    Moments moments = new Moments(w, w, w);
    Matrix g = w.matrix(5, 2);
    assertThatThrownBy(
            () -> kernel.adam(moments, new Table(new int[] {-1, -1, 5, -1, -1}, g), STEP))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessage("adam: index 5 at position 2 is outside the gradient of 5 rows");
    assertThatThrownBy(() -> kernel.adam(moments, new Table(new int[4], g), STEP))
        .hasMessage("adam: slotOfRow needs 5 elements from offset 0, but its array has 4");
    assertThatThrownBy(
            () -> kernel.adam(moments, new Rows(Ids.of(new int[] {0, 5}), g.rows(0, 2)), STEP))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessage("adam: index 5 at position 1 is outside the table of 5 rows");
  }
}

package org.recallrank.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.recallrank.kernels.LayerNormKernel.Gradients;
import org.recallrank.kernels.LayerNormKernel.Normal;
import org.recallrank.kernels.LayerNormKernel.Pass;

class LayerNormTest {
  private static final int AT = BackendsUnderTest.LEFT;
  private static final float EPSILON = 1e-5f;
  private static final int[] COLS = {1, 3, 8, 16, 17, 32, 48, 128};
  private static final int[] ROWS = {1, 2, 37, 300};

  static Stream<Kernels> backends() {
    return BackendsUnderTest.all();
  }

  /** One case, its arrays with borders, and what a kernel makes of it. */
  private static final class Case {
    final int rows;
    final int cols;
    final boolean relu;
    final float[] x;
    final float[] residual;
    final float[] gamma;
    final float[] beta;
    final float[] dy;

    final float[] normal;
    final float[] invStd;
    final float[] y;
    float[] dx;
    final float[] dGamma;
    final float[] dBeta;

    Case(long seed, int rows, int cols, boolean withResidual, boolean relu) {
      Random random = new Random(seed);
      this.rows = rows;
      this.cols = cols;
      this.relu = relu;
      x = BackendsUnderTest.random(random, rows * cols, 2);
      for (int i = 0; i < x.length; i++) {
        x[i] += 3 + i / cols; // means that differ from 0 and from each other
      }
      residual = withResidual ? BackendsUnderTest.random(random, rows * cols, 2) : null;
      gamma = BackendsUnderTest.random(random, cols, 1);
      beta = BackendsUnderTest.random(random, cols, 1);
      dy = BackendsUnderTest.random(random, rows * cols, 1);
      normal = new float[rows * cols];
      invStd = new float[rows];
      y = BackendsUnderTest.bordered(rows * cols);
      dGamma = BackendsUnderTest.bordered(BackendsUnderTest.random(random, cols, 1));
      dBeta = BackendsUnderTest.bordered(BackendsUnderTest.random(random, cols, 1));
    }

    Pass pass() {
      return new Pass(
          new Matrix(BackendsUnderTest.bordered(x), AT, rows, cols),
          residual == null
              ? null
              : new Matrix(BackendsUnderTest.bordered(residual), AT, rows, cols),
          new Affine(
              new Vec(BackendsUnderTest.bordered(gamma), AT, cols),
              new Vec(BackendsUnderTest.bordered(beta), AT, cols)),
          EPSILON,
          relu,
          new Normal(Matrix.of(normal, rows, cols), Vec.of(invStd)),
          new Matrix(y, AT, rows, cols));
    }

    Affine affineGradient() {
      return new Affine(new Vec(dGamma, AT, cols), new Vec(dBeta, AT, cols));
    }

    Case forward(Kernels kernels) {
      kernels.layerNorm().forward(pass());
      return this;
    }

    /** With the gradient of x added to {@code start}, or replaced if that is null. */
    Case backward(Kernels kernels, float[] start) {
      dx =
          start == null
              ? BackendsUnderTest.bordered(rows * cols)
              : BackendsUnderTest.bordered(start);
      Matrix to = new Matrix(dx, AT, rows, cols);
      kernels
          .layerNorm()
          .backward(
              pass(),
              new Matrix(BackendsUnderTest.bordered(dy), AT, rows, cols),
              new Gradients(to, start != null, affineGradient()));
      return this;
    }

    @Override
    public String toString() {
      return rows + "x" + cols + (residual == null ? "" : " residual") + (relu ? " relu" : "");
    }
  }

  private static Stream<Case> cases() {
    return Arrays.stream(ROWS)
        .boxed()
        .flatMap(
            rows ->
                Arrays.stream(COLS)
                    .boxed()
                    .flatMap(
                        cols ->
                            Stream.of(0, 1, 2, 3)
                                .map(
                                    i ->
                                        new Case(
                                            rows + cols, rows, cols, (i & 1) != 0, (i & 2) != 0))));
  }

  @ParameterizedTest
  @MethodSource("backends")
  void normalisesRows(Kernels kernels) {
    cases().forEach(c -> checkForward(c.forward(kernels)));
  }

  private static void checkForward(Case c) {
    BackendsUnderTest.assertBorders(c.y, c.rows * c.cols, c.toString());
    for (int i = 0; i < c.rows; i++) {
      double[] s = new double[c.cols];
      double mean = 0;
      double largest = 0;
      for (int j = 0; j < c.cols; j++) {
        s[j] = (double) c.x[i * c.cols + j] + (c.residual == null ? 0 : c.residual[i * c.cols + j]);
        mean += s[j] / c.cols;
        largest = Math.max(largest, Math.abs(s[j]));
      }
      double variance = 0;
      for (int j = 0; j < c.cols; j++) {
        variance += Math.pow(s[j] - mean, 2) / c.cols;
      }
      double invStd = 1 / Math.sqrt(variance + EPSILON);
      // Sums of floats are rounded, and what is left by the mean is as wrong as they are.
      double error = 4e-7 * largest * invStd + 4e-6;
      BackendsUnderTest.assertClose(c.invStd[i], invStd, error * invStd, c + " invStd " + i);
      for (int j = 0; j < c.cols; j++) {
        int e = i * c.cols + j;
        double normal = (s[j] - mean) * invStd;
        BackendsUnderTest.assertClose(c.normal[e], normal, 4 * error, c + " normal " + e);
        double v = c.gamma[j] * normal + c.beta[j];
        double expected = c.relu ? Math.max(v, 0) : v;
        BackendsUnderTest.assertClose(c.y[AT + e], expected, 4 * error, c + " y " + e);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void gradients(Kernels kernels) {
    cases()
        .forEach(
            c -> {
              float[] dGamma = c.dGamma.clone();
              float[] dBeta = c.dBeta.clone();
              float[] start =
                  c.rows % 2 == 0 ? null : BackendsUnderTest.random(new Random(3), c.x.length, 1);
              c.forward(kernels).backward(kernels, start);
              checkBackward(c, start, dGamma, dBeta);
            });
  }

  /** From the kernel's own normal, invStd and y, so that only the backward pass is judged. */
  private static void checkBackward(Case c, float[] start, float[] dGamma, float[] dBeta) {
    BackendsUnderTest.assertBorders(c.dx, c.rows * c.cols, c + " dx");
    BackendsUnderTest.assertBorders(c.dGamma, c.cols, c + " dGamma");
    BackendsUnderTest.assertBorders(c.dBeta, c.cols, c + " dBeta");
    double[] gammaSum = new double[c.cols];
    double[] betaSum = new double[c.cols];
    for (int i = 0; i < c.rows; i++) {
      double[] g = new double[c.cols];
      double mean = 0;
      double slope = 0;
      for (int j = 0; j < c.cols; j++) {
        int e = i * c.cols + j;
        g[j] = c.relu && c.y[AT + e] == 0 ? 0 : c.dy[e];
        gammaSum[j] += g[j] * c.normal[e];
        betaSum[j] += g[j];
        g[j] *= c.gamma[j];
        mean += g[j] / c.cols;
        slope += g[j] * c.normal[e] / c.cols;
      }
      for (int j = 0; j < c.cols; j++) {
        int e = i * c.cols + j;
        double expected =
            c.invStd[i] * (g[j] - mean - c.normal[e] * slope) + (start == null ? 0 : start[e]);
        double error = 2e-6 * (1 + c.invStd[i] * (1 + c.cols / 16.0));
        BackendsUnderTest.assertClose(c.dx[AT + e], expected, error, c + " dx " + e);
      }
    }
    for (int j = 0; j < c.cols; j++) {
      double error = 1e-6 * (1 + c.rows);
      double gamma = dGamma[AT + j] + gammaSum[j];
      BackendsUnderTest.assertClose(c.dGamma[AT + j], gamma, error, c + " dGamma " + j);
      double beta = dBeta[AT + j] + betaSum[j];
      BackendsUnderTest.assertClose(c.dBeta[AT + j], beta, error, c + " dBeta " + j);
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void theGradientMayTakeThePlaceOfWhatItComesFrom(Kernels kernels) {
    for (int cols : new int[] {5, 32}) {
      Case c = new Case(1, 9, cols, false, true).forward(kernels).backward(kernels, null);
      float[] d = c.dy.clone();
      Matrix inPlace = Matrix.of(d, 9, cols);
      Affine sums = new Affine(Vec.of(new float[cols]), Vec.of(new float[cols]));
      kernels.layerNorm().backward(c.pass(), inPlace, new Gradients(inPlace, false, sums));
      assertThat(d)
          .as("%s, %d columns", kernels.name(), cols)
          .isEqualTo(BackendsUnderTest.inner(c.dx, 9 * cols));
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void parametersOnly(Kernels kernels) {
    for (int cols : new int[] {5, 32}) {
      Case all = new Case(2, 9, cols, false, true).forward(kernels).backward(kernels, null);
      Case some = new Case(2, 9, cols, false, true).forward(kernels);
      Gradients parameters = new Gradients(null, false, some.affineGradient());
      kernels.layerNorm().backward(some.pass(), Matrix.of(some.dy, 9, cols), parameters);
      assertThat(some.dGamma).as(kernels.name()).isEqualTo(all.dGamma);
      assertThat(some.dBeta).as(kernels.name()).isEqualTo(all.dBeta);
    }
  }

  @Test
  void sameBitsForEveryNumberOfThreads() {
    for (Kernels one : BackendsUnderTest.withThreads(1)) {
      Kernels more = BackendsUnderTest.named(one.name(), 5);
      for (int cols : new int[] {20, 32}) {
        Case expected = new Case(4, 3000, cols, true, true).forward(one).backward(one, null);
        Case found = new Case(4, 3000, cols, true, true).forward(more).backward(more, null);
        assertThat(found.y).as("y on %s", one.name()).isEqualTo(expected.y);
        assertThat(found.dx).as("dx on %s", one.name()).isEqualTo(expected.dx);
        assertThat(found.dGamma).as("dGamma on %s", one.name()).isEqualTo(expected.dGamma);
        assertThat(found.dBeta).as("dBeta on %s", one.name()).isEqualTo(expected.dBeta);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void passesNaNOn(Kernels kernels) {
    for (int cols : new int[] {5, 32}) {
      Case c = new Case(5, 2, cols, false, true);
      c.x[1] = Float.NaN;
      c.forward(kernels);
      for (int j = 0; j < cols; j++) {
        assertThat(c.y[AT + j]).as("row 0, column %d on %s", j, kernels.name()).isNaN();
        assertThat(c.y[AT + cols + j]).as("row 1, column %d", j).isNotNaN();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void saysWhatIsWrongWithTheArguments(Kernels kernels) {
    LayerNormKernel kernel = kernels.layerNorm();
    Matrix x = Matrix.of(new float[12], 3, 4);
    Vec four = Vec.of(new float[4]);
    Affine affine = new Affine(four, four);
    Normal normal = new Normal(x, Vec.of(new float[3]));
    assertThatThrownBy(
            () -> kernel.forward(new Pass(x, null, affine, 1, false, normal, x.rows(0, 2))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("layerNorm.forward: y is [2, 4]; [3, 4] is needed");
    Affine three = new Affine(Vec.of(new float[3]), four);
    assertThatThrownBy(() -> kernel.forward(new Pass(x, null, three, 1, false, normal, x)))
        .hasMessage("layerNorm.forward: gamma has 3 elements; 4 are needed");
    Pass pass = new Pass(x, null, affine, 1, false, normal, x);
    assertThatThrownBy(
            () -> kernel.backward(pass, x.columns(0, 3), new Gradients(x, false, affine)))
        .hasMessage("layerNorm.backward: dy is [3, 3]; [3, 4] is needed");
  }
}

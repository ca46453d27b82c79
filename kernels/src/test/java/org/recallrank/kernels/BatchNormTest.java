package org.recallrank.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.recallrank.kernels.BatchNormKernel.After;
import org.recallrank.kernels.BatchNormKernel.Gradients;
import org.recallrank.kernels.BatchNormKernel.Moments;
import org.recallrank.kernels.BatchNormKernel.Pass;

class BatchNormTest {
  private static final int AT = BackendsUnderTest.LEFT;
  private static final int[] COLS = {1, 3, 15, 16, 17, 33, 101};
  private static final int[] ROWS = {1, 2, 15, 16, 17, 260};

  static Stream<Kernels> backends() {
    return BackendsUnderTest.all();
  }

  private static final class Data {
    final int rows;
    final int cols;
    final float[] x;
    final float[] dy;
    final float[] mean;
    final float[] invStd;
    final float[] gamma;
    final float[] beta;

    Data(long seed, int rows, int cols) {
      Random random = new Random(seed);
      this.rows = rows;
      this.cols = cols;
      x = BackendsUnderTest.random(random, rows * cols, 2);
      dy = BackendsUnderTest.random(random, rows * cols, 1);
      for (int i = 0; i < x.length; i++) {
        x[i] += 3 + i % cols; // means that differ from 0 and from each other
      }
      gamma = BackendsUnderTest.random(random, cols, 1);
      beta = BackendsUnderTest.random(random, cols, 1);
      mean = new float[cols];
      invStd = new float[cols];
      for (int j = 0; j < cols; j++) {
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < rows; i++) {
          sum += x[i * cols + j];
        }
        for (int i = 0; i < rows; i++) {
          squares += Math.pow(x[i * cols + j] - sum / rows, 2);
        }
        mean[j] = (float) (sum / rows);
        invStd[j] = (float) (1 / Math.sqrt(squares / rows + 1e-5));
      }
    }

    Pass pass(float[] x, int xOffset, After after, float[] y, int yOffset) {
      return new Pass(
          new Matrix(x, xOffset, rows, cols),
          new Moments(Vec.of(mean), Vec.of(invStd)),
          new Affine(Vec.of(gamma), Vec.of(beta)),
          after,
          new Matrix(y, yOffset, rows, cols));
    }

    Gradients gradients(
        float[] dx, int dxOffset, boolean accumulate, float[] dGamma, float[] dBeta) {
      Affine affine = new Affine(Vec.of(dGamma), Vec.of(dBeta));
      return new Gradients(new Matrix(dx, dxOffset, rows, cols), accumulate, affine);
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void momentsOfColumns(Kernels kernels) {
    for (int rows : ROWS) {
      for (int cols : COLS) {
        Data d = new Data(rows + cols, rows, cols);
        float[] mean = new float[cols];
        float[] variance = new float[cols];
        Matrix x = new Matrix(BackendsUnderTest.bordered(d.x), AT, rows, cols);
        kernels.batchNorm().moments(x, Vec.of(mean), Vec.of(variance));
        for (int j = 0; j < cols; j++) {
          double sum = 0;
          double squares = 0;
          for (int i = 0; i < rows; i++) {
            sum += d.x[i * cols + j];
          }
          for (int i = 0; i < rows; i++) {
            squares += Math.pow(d.x[i * cols + j] - sum / rows, 2);
          }
          BackendsUnderTest.assertClose(mean[j], sum / rows, 1e-7 * Math.abs(sum / rows), "mean");
          BackendsUnderTest.assertClose(
              variance[j], squares / rows, 1e-6 * squares / rows + 1e-9, "variance");
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void varianceSurvivesALargeMean(Kernels kernels) {
    float[] x = new float[1000];
    for (int i = 0; i < x.length; i++) {
      x[i] = 100_000 + i % 2;
    }
    float[] mean = new float[1];
    float[] variance = new float[1];
    kernels.batchNorm().moments(Matrix.of(x, 1000, 1), Vec.of(mean), Vec.of(variance));
    assertThat(mean[0]).isEqualTo(100_000.5f);
    assertThat(variance[0]).isEqualTo(0.25f);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void forwardAndBackward(Kernels kernels) {
    for (int rows : ROWS) {
      for (int cols : COLS) {
        for (boolean relu : new boolean[] {false, true}) {
          for (float p : relu ? new float[] {0, 0.4f} : new float[] {0}) {
            check(kernels.batchNorm(), new Data(rows * cols, rows, cols), relu, p);
          }
        }
      }
    }
  }

  private static void check(BatchNormKernel kernel, Data d, boolean relu, float p) {
    int n = d.rows * d.cols;
    int cols = d.cols;
    long seed = 77;
    float[] x = BackendsUnderTest.bordered(d.x);
    float[] y = BackendsUnderTest.bordered(n);
    Pass pass = d.pass(x, AT, new After(relu, p, seed), y, AT);
    kernel.forward(pass);
    BackendsUnderTest.assertBorders(y, n, "forward");
    double[] g = new double[n];
    double[] xhat = new double[n];
    double[] sumG = new double[cols];
    double[] sumGx = new double[cols];
    for (int e = 0; e < n; e++) {
      int j = e % cols;
      xhat[e] = ((double) d.x[e] - d.mean[j]) * d.invStd[j];
      double v = d.gamma[j] * xhat[e] + d.beta[j];
      if (relu) {
        v = Math.max(v, 0);
      }
      if (p > 0) {
        v = CounterHash.keep(seed, e, p) ? v / (1 - p) : 0;
      }
      BackendsUnderTest.assertClose(y[AT + e], v, 5e-6, "forward");
      g[e] = relu && y[AT + e] <= 0 ? 0 : d.dy[e] / (1.0 - p);
      sumG[j] += g[e];
      sumGx[j] += g[e] * xhat[e];
    }
    for (boolean accumulate : new boolean[] {false, true}) {
      float[] start = BackendsUnderTest.random(new Random(1), n, 1);
      float[] dx = BackendsUnderTest.bordered(start);
      float[] dGamma = new float[cols];
      float[] dBeta = new float[cols];
      java.util.Arrays.fill(dGamma, 0.5f);
      java.util.Arrays.fill(dBeta, -0.5f);
      Matrix dy = new Matrix(BackendsUnderTest.bordered(d.dy), AT, d.rows, cols);
      kernel.backward(pass, dy, d.gradients(dx, AT, accumulate, dGamma, dBeta));
      BackendsUnderTest.assertBorders(dx, n, "backward");
      for (int e = 0; e < n; e++) {
        int j = e % cols;
        double expected =
            d.gamma[j] * (double) d.invStd[j] * (g[e] - (sumG[j] + xhat[e] * sumGx[j]) / d.rows);
        double scale = Math.abs(d.gamma[j] * d.invStd[j]) * 10 + 1;
        BackendsUnderTest.assertClose(
            dx[AT + e], accumulate ? start[e] + expected : expected, 2e-6 * scale, "dx");
      }
      for (int j = 0; j < cols; j++) {
        BackendsUnderTest.assertClose(dBeta[j], sumG[j] - 0.5, 1e-6 * d.rows + 1e-6, "dBeta");
        BackendsUnderTest.assertClose(dGamma[j], sumGx[j] + 0.5, 4e-6 * d.rows + 1e-6, "dGamma");
      }
    }
    float[] inPlace = BackendsUnderTest.bordered(d.dy);
    float[] separate = BackendsUnderTest.bordered(n);
    Matrix dy = new Matrix(inPlace, AT, d.rows, cols);
    kernel.backward(pass, dy, d.gradients(separate, AT, false, new float[cols], new float[cols]));
    kernel.backward(pass, dy, d.gradients(inPlace, AT, false, new float[cols], new float[cols]));
    assertThat(inPlace).isEqualTo(separate);
  }

  @Test
  void sameBitsForEveryNumberOfThreads() {
    Data d = new Data(9, 1500, 131);
    for (Kernels one : BackendsUnderTest.withThreads(1)) {
      for (int threads : new int[] {2, 5}) {
        assertThat(results(BackendsUnderTest.named(one.name(), threads).batchNorm(), d))
            .isEqualTo(results(one.batchNorm(), d));
      }
    }
  }

  private static float[][] results(BatchNormKernel kernel, Data d) {
    float[] mean = new float[d.cols];
    float[] variance = new float[d.cols];
    float[] y = new float[d.x.length];
    float[] dx = new float[d.x.length];
    float[] dGamma = new float[d.cols];
    float[] dBeta = new float[d.cols];
    kernel.moments(Matrix.of(d.x, d.rows, d.cols), Vec.of(mean), Vec.of(variance));
    Pass pass = d.pass(d.x, 0, new After(true, 0.1f, 5), y, 0);
    kernel.forward(pass);
    kernel.backward(
        pass, Matrix.of(d.dy, d.rows, d.cols), d.gradients(dx, 0, false, dGamma, dBeta));
    return new float[][] {mean, variance, y, dx, dGamma, dBeta};
  }

  @ParameterizedTest
  @MethodSource("backends")
  void saysWhatIsWrongWithTheArguments(Kernels kernels) {
    BatchNormKernel kernel = kernels.batchNorm();
    Matrix x = Matrix.of(new float[6], 2, 3);
    Vec three = Vec.of(new float[3]);
    assertThatThrownBy(() -> kernel.moments(x.rows(0, 0), three, three))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("batchNorm.moments: rows must be at least 1: 0");
    assertThatThrownBy(() -> kernel.moments(x.t(), three, three))
        .hasMessageContaining("batchNorm.moments: x must be dense");
    Moments moments = new Moments(three, three);
    After drops = new After(true, 0.5f, 0);
    Affine affine = new Affine(three, Vec.of(new float[2]));
    assertThatThrownBy(() -> kernel.forward(new Pass(x, moments, affine, drops, x)))
        .hasMessage("batchNorm.forward: beta has 2 elements; 3 are needed");
    Affine fits = new Affine(three, three);
    assertThatThrownBy(() -> kernel.forward(new Pass(x, moments, fits, drops, x.columns(0, 2))))
        .hasMessage("batchNorm.forward: y is [2, 2]; [2, 3] is needed");
    After noRelu = new After(false, 0.5f, 0);
    assertThatThrownBy(() -> kernel.forward(new Pass(x, moments, fits, noRelu, x)))
        .hasMessage("batchNorm.forward: dropout (p = 0.5) is offered together with ReLU only");
  }
}

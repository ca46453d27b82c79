package org.recallrank.kernels.scalar;

import org.recallrank.kernels.CounterHash;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.Workers;
import org.recallrank.kernels.base.BatchNormBase;

/**
 * The equations of {@link org.recallrank.kernels.BatchNormKernel}, row by row. Other backends
 * extend this and leave the last few columns to it.
 */
public class ScalarBatchNorm extends BatchNormBase {
  public ScalarBatchNorm(Workers workers) {
    super(workers);
  }

  @Override
  protected void addSums(Matrix xs, int from, int to, int first, double[] sums, int at) {
    float[] x = xs.data();
    int xAt = xs.offset();
    int cols = xs.cols();
    for (int i = from; i < to; i++) {
      for (int j = first; j < cols; j++) {
        sums[at + j] += x[xAt + i * cols + j];
      }
    }
  }

  @Override
  protected void addSquaredDeviations(
      Matrix xs, float[] mean, int from, int to, int first, double[] sums, int at) {
    float[] x = xs.data();
    int xAt = xs.offset();
    int cols = xs.cols();
    for (int i = from; i < to; i++) {
      for (int j = first; j < cols; j++) {
        double deviation = x[xAt + i * cols + j] - mean[j];
        sums[at + j] += deviation * deviation;
      }
    }
  }

  @Override
  protected void forwardRows(Pass pass, int from, int to, int first) {
    float[] x = pass.x().data();
    float[] y = pass.y().data();
    int xAt = pass.x().offset();
    int yAt = pass.y().offset();
    float[] mean = pass.moments().mean().fromZero();
    float[] invStd = pass.moments().invStd().fromZero();
    float[] gamma = pass.affine().gamma().fromZero();
    float[] beta = pass.affine().beta().fromZero();
    boolean relu = pass.after().relu();
    float p = pass.after().p();
    long seed = pass.after().seed();
    float scale = 1f / (1f - p);
    int cols = pass.x().cols();
    for (int i = from; i < to; i++) {
      for (int j = first; j < cols; j++) {
        int e = i * cols + j;
        float v = gamma[j] * ((x[xAt + e] - mean[j]) * invStd[j]) + beta[j];
        if (relu && v <= 0) {
          v = 0;
        }
        if (p > 0) {
          v = CounterHash.keep(seed, e, p) ? v * scale : 0;
        }
        y[yAt + e] = v;
      }
    }
  }

  @Override
  protected void addGradientSums(
      Pass pass, Matrix dys, int from, int to, int first, double[] sums, int at) {
    float[] x = pass.x().data();
    float[] y = pass.y().data();
    float[] dy = dys.data();
    int xAt = pass.x().offset();
    int yAt = pass.y().offset();
    int dyAt = dys.offset();
    float[] mean = pass.moments().mean().fromZero();
    float[] invStd = pass.moments().invStd().fromZero();
    boolean relu = pass.after().relu();
    float scale = 1f / (1f - pass.after().p());
    int cols = dys.cols();
    for (int i = from; i < to; i++) {
      for (int j = first; j < cols; j++) {
        int e = i * cols + j;
        float g = relu && !(y[yAt + e] > 0) ? 0 : scale * dy[dyAt + e];
        float xhat = (x[xAt + e] - mean[j]) * invStd[j];
        sums[at + j] += g;
        sums[at + cols + j] += (double) g * xhat;
      }
    }
  }

  @Override
  protected void backwardRows(
      Pass pass, Matrix dys, float[] means, Gradients gradients, int from, int to, int first) {
    float[] x = pass.x().data();
    float[] y = pass.y().data();
    float[] dy = dys.data();
    float[] dx = gradients.dx().data();
    int xAt = pass.x().offset();
    int yAt = pass.y().offset();
    int dyAt = dys.offset();
    int dxAt = gradients.dx().offset();
    float[] mean = pass.moments().mean().fromZero();
    float[] invStd = pass.moments().invStd().fromZero();
    float[] gamma = pass.affine().gamma().fromZero();
    boolean relu = pass.after().relu();
    boolean accumulate = gradients.accumulate();
    float scale = 1f / (1f - pass.after().p());
    int cols = dys.cols();
    for (int i = from; i < to; i++) {
      for (int j = first; j < cols; j++) {
        int e = i * cols + j;
        float g = relu && !(y[yAt + e] > 0) ? 0 : scale * dy[dyAt + e];
        float xhat = (x[xAt + e] - mean[j]) * invStd[j];
        float d = gamma[j] * invStd[j] * (g - (means[j] + xhat * means[cols + j]));
        dx[dxAt + e] = accumulate ? dx[dxAt + e] + d : d;
      }
    }
  }
}

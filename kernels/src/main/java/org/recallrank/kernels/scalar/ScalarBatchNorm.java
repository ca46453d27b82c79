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
  protected void addSums(Matrix x, int from, int to, int first, double[] sums, int at) {
    for (int i = from; i < to; i++) {
      int xi = x.at(i, 0);
      for (int j = first; j < x.cols(); j++) {
        sums[at + j] += x.data()[xi + j];
      }
    }
  }

  @Override
  protected void addSquaredDeviations(
      Matrix x, float[] mean, int from, int to, int first, double[] sums, int at) {
    for (int i = from; i < to; i++) {
      int xi = x.at(i, 0);
      for (int j = first; j < x.cols(); j++) {
        double deviation = x.data()[xi + j] - mean[j];
        sums[at + j] += deviation * deviation;
      }
    }
  }

  @Override
  protected void forwardRows(Pass pass, int from, int to, int first) {
    After after = pass.after();
    float p = after.p();
    float scale = 1f / (1f - p);
    int cols = pass.x().cols();
    float[] x = pass.x().data();
    float[] y = pass.y().data();
    float[] mean = pass.moments().mean().fromZero();
    float[] invStd = pass.moments().invStd().fromZero();
    float[] gamma = pass.affine().gamma().fromZero();
    float[] beta = pass.affine().beta().fromZero();
    for (int i = from; i < to && first < cols; i++) {
      int xi = pass.x().at(i, 0);
      int yi = pass.y().at(i, 0);
      for (int j = first; j < cols; j++) {
        float v = gamma[j] * ((x[xi + j] - mean[j]) * invStd[j]) + beta[j];
        if (after.relu() && v <= 0) {
          v = 0;
        }
        if (p > 0) {
          v = CounterHash.keep(after.seed(), i * cols + j, p) ? v * scale : 0;
        }
        y[yi + j] = v;
      }
    }
  }

  @Override
  protected void addGradientSums(
      Pass pass, Matrix dy, int from, int to, int first, double[] sums, int at) {
    boolean relu = pass.after().relu();
    float scale = 1f / (1f - pass.after().p());
    int cols = pass.x().cols();
    float[] x = pass.x().data();
    float[] y = pass.y().data();
    float[] d = dy.data();
    float[] mean = pass.moments().mean().fromZero();
    float[] invStd = pass.moments().invStd().fromZero();
    for (int i = from; i < to && first < cols; i++) {
      int xi = pass.x().at(i, 0);
      int yi = pass.y().at(i, 0);
      int di = dy.at(i, 0);
      for (int j = first; j < cols; j++) {
        float g = relu && !(y[yi + j] > 0) ? 0 : scale * d[di + j];
        float xhat = (x[xi + j] - mean[j]) * invStd[j];
        sums[at + j] += g;
        sums[at + cols + j] += (double) g * xhat;
      }
    }
  }

  @Override
  protected void backwardRows(
      Pass pass, Matrix dy, float[] means, Gradients gradients, int from, int to, int first) {
    boolean relu = pass.after().relu();
    boolean accumulate = gradients.accumulate();
    float scale = 1f / (1f - pass.after().p());
    int cols = pass.x().cols();
    float[] x = pass.x().data();
    float[] y = pass.y().data();
    float[] d = dy.data();
    float[] dx = gradients.dx().data();
    float[] mean = pass.moments().mean().fromZero();
    float[] invStd = pass.moments().invStd().fromZero();
    float[] gamma = pass.affine().gamma().fromZero();
    for (int i = from; i < to && first < cols; i++) {
      int xi = pass.x().at(i, 0);
      int yi = pass.y().at(i, 0);
      int di = dy.at(i, 0);
      int dxi = gradients.dx().at(i, 0);
      for (int j = first; j < cols; j++) {
        float g = relu && !(y[yi + j] > 0) ? 0 : scale * d[di + j];
        float xhat = (x[xi + j] - mean[j]) * invStd[j];
        float pull = means[j] + xhat * means[cols + j];
        float v = gamma[j] * invStd[j] * (g - pull);
        dx[dxi + j] = accumulate ? dx[dxi + j] + v : v;
      }
    }
  }
}

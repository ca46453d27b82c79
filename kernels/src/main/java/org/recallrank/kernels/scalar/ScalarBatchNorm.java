package org.recallrank.kernels.scalar;

import org.recallrank.kernels.CounterHash;
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
  protected void addSums(
      float[] x, int xOffset, int from, int to, int first, int cols, double[] sums, int at) {
    for (int i = from; i < to; i++) {
      for (int j = first; j < cols; j++) {
        sums[at + j] += x[xOffset + i * cols + j];
      }
    }
  }

  @Override
  protected void addSquaredDeviations(
      float[] x,
      int xOffset,
      int from,
      int to,
      int first,
      int cols,
      float[] mean,
      double[] sums,
      int at) {
    for (int i = from; i < to; i++) {
      for (int j = first; j < cols; j++) {
        double deviation = x[xOffset + i * cols + j] - mean[j];
        sums[at + j] += deviation * deviation;
      }
    }
  }

  @Override
  protected void forwardRows(
      float[] x,
      int xOffset,
      int from,
      int to,
      int first,
      int cols,
      float[] mean,
      float[] invStd,
      float[] gamma,
      float[] beta,
      boolean relu,
      float p,
      long seed,
      float[] y,
      int yOffset) {
    float scale = 1f / (1f - p);
    for (int i = from; i < to; i++) {
      for (int j = first; j < cols; j++) {
        int at = i * cols + j;
        float v = gamma[j] * ((x[xOffset + at] - mean[j]) * invStd[j]) + beta[j];
        if (relu && v <= 0) {
          v = 0;
        }
        if (p > 0) {
          v = CounterHash.keep(seed, at, p) ? v * scale : 0;
        }
        y[yOffset + at] = v;
      }
    }
  }

  @Override
  protected void addGradientSums(
      float[] x,
      int xOffset,
      float[] y,
      int yOffset,
      float[] dy,
      int dyOffset,
      int from,
      int to,
      int first,
      int cols,
      float[] mean,
      float[] invStd,
      boolean relu,
      float scale,
      double[] sums,
      int at) {
    for (int i = from; i < to; i++) {
      for (int j = first; j < cols; j++) {
        int e = i * cols + j;
        float g = relu && !(y[yOffset + e] > 0) ? 0 : scale * dy[dyOffset + e];
        float xhat = (x[xOffset + e] - mean[j]) * invStd[j];
        sums[at + j] += g;
        sums[at + cols + j] += (double) g * xhat;
      }
    }
  }

  @Override
  protected void backwardRows(
      float[] x,
      int xOffset,
      float[] y,
      int yOffset,
      float[] dy,
      int dyOffset,
      int from,
      int to,
      int first,
      int cols,
      float[] mean,
      float[] invStd,
      float[] gamma,
      boolean relu,
      float scale,
      float[] means,
      float[] dx,
      int dxOffset,
      boolean accumulate) {
    for (int i = from; i < to; i++) {
      for (int j = first; j < cols; j++) {
        int e = i * cols + j;
        float g = relu && !(y[yOffset + e] > 0) ? 0 : scale * dy[dyOffset + e];
        float xhat = (x[xOffset + e] - mean[j]) * invStd[j];
        float d = gamma[j] * invStd[j] * (g - (means[j] + xhat * means[cols + j]));
        dx[dxOffset + e] = accumulate ? dx[dxOffset + e] + d : d;
      }
    }
  }
}

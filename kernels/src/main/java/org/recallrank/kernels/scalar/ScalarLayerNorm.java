package org.recallrank.kernels.scalar;

import org.recallrank.kernels.Workers;
import org.recallrank.kernels.base.LayerNormBase;

/** The equations of {@link org.recallrank.kernels.LayerNormKernel}, row by row, in double. */
public class ScalarLayerNorm extends LayerNormBase {
  public ScalarLayerNorm(Workers workers) {
    super(workers);
  }

  @Override
  protected void forwardRows(Forward f, int from, int to) {
    int cols = f.cols();
    for (int i = from; i < to; i++) {
      int at = i * cols;
      double sum = 0;
      for (int j = 0; j < cols; j++) {
        sum += value(f, at + j);
      }
      double mean = sum / cols;
      double squares = 0;
      for (int j = 0; j < cols; j++) {
        double deviation = value(f, at + j) - mean;
        squares += deviation * deviation;
      }
      double invStd = 1 / Math.sqrt(squares / cols + f.epsilon());
      f.invStd()[i] = (float) invStd;
      for (int j = 0; j < cols; j++) {
        float normal = (float) ((value(f, at + j) - mean) * invStd);
        f.normal()[at + j] = normal;
        float v = f.gamma()[f.gammaOffset() + j] * normal + f.beta()[f.betaOffset() + j];
        f.y()[f.yOffset() + at + j] = f.relu() && v <= 0 ? 0 : v;
      }
    }
  }

  private static double value(Forward f, int e) {
    float x = f.x()[f.xOffset() + e];
    return f.residual() == null ? x : (double) x + f.residual()[f.residualOffset() + e];
  }

  @Override
  protected void backwardRows(Backward b, int from, int to, float[] sums, int at) {
    int cols = b.cols();
    for (int i = from; i < to; i++) {
      double sum = 0;
      double dot = 0;
      for (int j = 0; j < cols; j++) {
        int e = i * cols + j;
        float g = gradient(b, e);
        double scaled = (double) g * b.gamma()[b.gammaOffset() + j];
        sum += scaled;
        dot += scaled * b.normal()[e];
        sums[at + j] += g * b.normal()[e];
        sums[at + cols + j] += g;
      }
      for (int j = 0; b.dx() != null && j < cols; j++) {
        int e = i * cols + j;
        double scaled = (double) gradient(b, e) * b.gamma()[b.gammaOffset() + j];
        float d = (float) (b.invStd()[i] * (scaled - (sum + b.normal()[e] * dot) / cols));
        int x = b.dxOffset() + e;
        b.dx()[x] = b.accumulate() ? b.dx()[x] + d : d;
      }
    }
  }

  private static float gradient(Backward b, int e) {
    return b.relu() && !(b.y()[b.yOffset() + e] > 0) ? 0 : b.dy()[b.dyOffset() + e];
  }
}

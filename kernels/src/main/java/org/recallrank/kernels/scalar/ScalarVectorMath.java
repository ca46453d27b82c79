package org.recallrank.kernels.scalar;

import org.recallrank.kernels.CounterHash;
import org.recallrank.kernels.Workers;
import org.recallrank.kernels.base.VectorMathBase;

/**
 * The functions as their definitions say, evaluated in double where that matters. Other backends
 * extend this and replace the loops that they have a faster way for.
 */
public class ScalarVectorMath extends VectorMathBase {
  public ScalarVectorMath(Workers workers) {
    super(workers);
  }

  @Override
  protected void expRange(float[] x, int xOffset, float[] y, int yOffset, int n) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = (float) Math.exp(x[xOffset + i]);
    }
  }

  @Override
  protected void sigmoidRange(float[] x, int xOffset, float[] y, int yOffset, int n) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = (float) sigmoid(x[xOffset + i]);
    }
  }

  static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  @Override
  protected void tanhRange(float[] x, int xOffset, float[] y, int yOffset, int n) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = (float) Math.tanh(x[xOffset + i]);
    }
  }

  @Override
  protected void log1pRange(float[] x, int xOffset, float[] y, int yOffset, int n) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = (float) Math.log1p(x[xOffset + i]);
    }
  }

  @Override
  protected void reluRange(float[] x, int xOffset, float[] y, int yOffset, int n) {
    for (int i = 0; i < n; i++) {
      float v = x[xOffset + i];
      y[yOffset + i] = v <= 0 ? 0 : v;
    }
  }

  @Override
  protected void reluGradientRange(
      float[] y,
      int yOffset,
      float[] dy,
      int dyOffset,
      float scale,
      float[] dx,
      int dxOffset,
      int n,
      boolean accumulate) {
    for (int i = 0; i < n; i++) {
      float g = y[yOffset + i] > 0 ? scale * dy[dyOffset + i] : 0;
      dx[dxOffset + i] = accumulate ? dx[dxOffset + i] + g : g;
    }
  }

  @Override
  protected void dropoutRange(
      float[] x,
      int xOffset,
      float[] y,
      int yOffset,
      int n,
      int first,
      float p,
      long seed,
      boolean accumulate) {
    float scale = 1f / (1f - p);
    for (int i = 0; i < n; i++) {
      float v = CounterHash.keep(seed, first + i, p) ? x[xOffset + i] * scale : 0;
      y[yOffset + i] = accumulate ? y[yOffset + i] + v : v;
    }
  }

  @Override
  protected void addScalarRange(
      float[] x, int xOffset, float alpha, float[] y, int yOffset, int n) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = x[xOffset + i] + alpha;
    }
  }

  @Override
  protected void scaleRange(
      float alpha, float[] x, int xOffset, float[] y, int yOffset, int n, boolean accumulate) {
    for (int i = 0; i < n; i++) {
      float v = alpha * x[xOffset + i];
      y[yOffset + i] = accumulate ? y[yOffset + i] + v : v;
    }
  }

  @Override
  protected void addRange(
      float[] x, int xOffset, float[] y, int yOffset, float[] z, int zOffset, int n) {
    for (int i = 0; i < n; i++) {
      z[zOffset + i] = x[xOffset + i] + y[yOffset + i];
    }
  }

  @Override
  protected void addReluRange(
      float[] x, int xOffset, float[] y, int yOffset, float[] z, int zOffset, int n) {
    for (int i = 0; i < n; i++) {
      float v = x[xOffset + i] + y[yOffset + i];
      z[zOffset + i] = v <= 0 ? 0 : v;
    }
  }

  @Override
  protected void positivesRange(float[] x, int xOffset, int n, int[] bits, int bitsOffset) {
    for (int from = 0; from < n; from += Integer.SIZE) {
      int word = 0;
      for (int i = from; i < Math.min(n, from + Integer.SIZE); i++) {
        word |= (x[xOffset + i] > 0 ? 1 : 0) << i;
      }
      bits[bitsOffset + from / Integer.SIZE] = word;
    }
  }

  @Override
  protected void fillWhereRange(
      int[] bits, int bitsOffset, float value, float[] y, int yOffset, int n) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = (bits[bitsOffset + i / Integer.SIZE] >>> i & 1) != 0 ? value : 0;
    }
  }

  @Override
  protected void multiplyRange(
      float[] x,
      int xOffset,
      float[] y,
      int yOffset,
      float[] z,
      int zOffset,
      int n,
      boolean accumulate) {
    for (int i = 0; i < n; i++) {
      float v = x[xOffset + i] * y[yOffset + i];
      z[zOffset + i] = accumulate ? z[zOffset + i] + v : v;
    }
  }

  @Override
  protected double sumRange(float[] x, int xOffset, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += x[xOffset + i];
    }
    return sum;
  }

  @Override
  protected double dotRange(float[] x, int xOffset, float[] y, int yOffset, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += (double) x[xOffset + i] * y[yOffset + i];
    }
    return sum;
  }

  @Override
  protected float maxRange(float[] x, int xOffset, int n) {
    float max = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      max = Math.max(max, x[xOffset + i]);
    }
    return max;
  }

  @Override
  protected void addColumnSums(
      float[] x, int xOffset, int ldx, int rows, int first, int cols, double[] sums, int at) {
    for (int i = 0; i < rows; i++) {
      for (int j = first; j < cols; j++) {
        sums[at + j] += x[xOffset + i * ldx + j];
      }
    }
  }

  @Override
  protected void softmaxRow(float[] x, int xOffset, float[] y, int yOffset, int n) {
    float max = maxRange(x, xOffset, n);
    double sum = 0;
    for (int i = 0; i < n; i++) {
      double e = Math.exp(x[xOffset + i] - max);
      y[yOffset + i] = (float) e;
      sum += e;
    }
    float inverse = (float) (1 / sum);
    for (int i = 0; i < n; i++) {
      y[yOffset + i] *= inverse;
    }
  }

  @Override
  protected void softmaxRowGradient(
      float[] y,
      int yOffset,
      float[] dy,
      int dyOffset,
      float[] dx,
      int dxOffset,
      int n,
      boolean accumulate) {
    float dot = (float) dotRange(y, yOffset, dy, dyOffset, n);
    for (int i = 0; i < n; i++) {
      float g = y[yOffset + i] * (dy[dyOffset + i] - dot);
      dx[dxOffset + i] = accumulate ? dx[dxOffset + i] + g : g;
    }
  }

  @Override
  protected double bceRange(
      float[] z,
      int zOffset,
      float[] t,
      int tOffset,
      int n,
      float scale,
      float[] dz,
      int dzOffset) {
    double loss = 0;
    for (int i = 0; i < n; i++) {
      double logit = z[zOffset + i];
      double target = t[tOffset + i];
      loss += Math.max(logit, 0) - logit * target + Math.log1p(Math.exp(-Math.abs(logit)));
      dz[dzOffset + i] = (float) (scale * (sigmoid(logit) - target));
    }
    return loss;
  }
}

package org.recallrank.kernels.scalar;

import org.recallrank.kernels.CounterHash;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.Vec;
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
  protected void exp(float[] x, int xOffset, float[] y, int yOffset, int n) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = (float) Math.exp(x[xOffset + i]);
    }
  }

  @Override
  protected void sigmoid(float[] x, int xOffset, float[] y, int yOffset, int n) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = (float) sigmoid(x[xOffset + i]);
    }
  }

  static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  @Override
  protected void tanh(float[] x, int xOffset, float[] y, int yOffset, int n) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = (float) Math.tanh(x[xOffset + i]);
    }
  }

  @Override
  public void relu(float[] x, int xOffset, float[] y, int yOffset, int n) {
    for (int i = 0; i < n; i++) {
      float v = x[xOffset + i];
      y[yOffset + i] = v <= 0 ? 0 : v;
    }
  }

  @Override
  public void reluGradient(
      Vec y, Vec dy, float scale, Vec dx, boolean accumulate, int from, int to) {
    for (int i = from; i < to; i++) {
      float g = y.get(i) > 0 ? scale * dy.get(i) : 0;
      dx.set(i, accumulate ? dx.get(i) + g : g);
    }
  }

  @Override
  protected void dropout(Vec x, Vec y, float p, long seed, boolean accumulate, int from, int to) {
    float scale = 1f / (1f - p);
    for (int i = from; i < to; i++) {
      float v = CounterHash.keep(seed, i, p) ? x.get(i) * scale : 0;
      y.set(i, accumulate ? y.get(i) + v : v);
    }
  }

  @Override
  public void scale(
      float alpha, float[] x, int xOffset, float[] y, int yOffset, int n, boolean accumulate) {
    for (int i = 0; i < n; i++) {
      float v = alpha * x[xOffset + i];
      y[yOffset + i] = accumulate ? y[yOffset + i] + v : v;
    }
  }

  @Override
  public void add(float[] x, int xOffset, float[] y, int yOffset, float[] z, int zOffset, int n) {
    for (int i = 0; i < n; i++) {
      z[zOffset + i] = x[xOffset + i] + y[yOffset + i];
    }
  }

  @Override
  public void addRelu(
      float[] x, int xOffset, float[] y, int yOffset, float[] z, int zOffset, int n) {
    for (int i = 0; i < n; i++) {
      float v = x[xOffset + i] + y[yOffset + i];
      z[zOffset + i] = v <= 0 ? 0 : v;
    }
  }

  @Override
  public void positives(float[] x, int xOffset, int n, int[] bits, int bitsOffset) {
    for (int from = 0; from < n; from += Integer.SIZE) {
      int word = 0;
      for (int i = from; i < Math.min(n, from + Integer.SIZE); i++) {
        word |= (x[xOffset + i] > 0 ? 1 : 0) << i;
      }
      bits[bitsOffset + from / Integer.SIZE] = word;
    }
  }

  @Override
  public void fillWhere(int[] bits, int bitsOffset, float value, float[] y, int yOffset, int n) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = (bits[bitsOffset + i / Integer.SIZE] >>> i & 1) != 0 ? value : 0;
    }
  }

  @Override
  public void multiply(
      float[] x, int xOffset, float[] y, int yOffset, float[] z, int zOffset, int n) {
    for (int i = 0; i < n; i++) {
      z[zOffset + i] = x[xOffset + i] * y[yOffset + i];
    }
  }

  @Override
  public void multiplyAdd(
      float[] x, int xOffset, float[] y, int yOffset, float[] z, int zOffset, int n) {
    for (int i = 0; i < n; i++) {
      z[zOffset + i] += x[xOffset + i] * y[yOffset + i];
    }
  }

  @Override
  protected double sum(float[] x, int xOffset, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += x[xOffset + i];
    }
    return sum;
  }

  @Override
  public double dot(float[] x, int xOffset, float[] y, int yOffset, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += (double) x[xOffset + i] * y[yOffset + i];
    }
    return sum;
  }

  @Override
  protected float max(float[] x, int xOffset, int n) {
    float max = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      max = Math.max(max, x[xOffset + i]);
    }
    return max;
  }

  @Override
  protected void addColumnSums(
      float[] x, int xOffset, int ldx, int rows, int cols, double[] sums, int at) {
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < cols; j++) {
        sums[at + j] += x[xOffset + i * ldx + j];
      }
    }
  }

  @Override
  public void softmaxRows(float[] x, int xOffset, int rows, int cols, float[] y, int yOffset) {
    for (int i = 0; i < rows; i++) {
      softmaxRow(x, xOffset + i * cols, y, yOffset + i * cols, cols);
    }
  }

  protected void softmaxRow(float[] x, int xOffset, float[] y, int yOffset, int n) {
    float max = max(x, xOffset, n);
    double sum = 0;
    for (int i = 0; i < n; i++) {
      double e = Math.exp(x[xOffset + i] - max);
      y[yOffset + i] = (float) e;
      sum += e;
    }
    scale((float) (1 / sum), y, yOffset, y, yOffset, n, false);
  }

  @Override
  public void softmaxRowsGradient(
      Matrix y, Matrix dy, Matrix dx, boolean accumulate, int from, int to) {
    for (int row = from; row < to; row++) {
      int at = y.at(row, 0);
      int dyAt = dy.at(row, 0);
      int dxAt = dx.at(row, 0);
      float dot = (float) dot(y.data(), at, dy.data(), dyAt, y.cols());
      for (int i = 0; i < y.cols(); i++) {
        float g = y.data()[at + i] * (dy.data()[dyAt + i] - dot);
        dx.data()[dxAt + i] = accumulate ? dx.data()[dxAt + i] + g : g;
      }
    }
  }

  @Override
  protected double bceWithLogits(Vec z, Vec t, float scale, Vec dz, int from, int to) {
    double loss = 0;
    for (int i = from; i < to; i++) {
      double logit = z.get(i);
      double target = t.get(i);
      loss += Math.max(logit, 0) - logit * target + Math.log1p(Math.exp(-Math.abs(logit)));
      dz.set(i, (float) (scale * (sigmoid(logit) - target)));
    }
    return loss;
  }
}

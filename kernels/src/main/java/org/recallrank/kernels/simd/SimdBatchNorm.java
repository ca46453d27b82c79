package org.recallrank.kernels.simd;

import static org.recallrank.kernels.simd.Lanes.DOUBLES;
import static org.recallrank.kernels.simd.Lanes.FLOATS;
import static org.recallrank.kernels.simd.Lanes.N;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import org.recallrank.kernels.BatchNormBase;
import org.recallrank.kernels.CounterHash;
import org.recallrank.kernels.Workers;

/**
 * Batch normalisation a vector of columns at a time. The element-wise passes do the operations of
 * the scalar backend in the same order; the sums run down sixteen rows in registers (see {@link
 * ColumnSums}).
 */
final class SimdBatchNorm extends BatchNormBase {
  SimdBatchNorm(Workers workers) {
    super(workers);
  }

  private static FloatVector load(float[] x, int at, VectorMask<Float> lanes) {
    return FloatVector.fromArray(FLOATS, x, at, lanes);
  }

  @Override
  protected void addSums(float[] x, int xOffset, int rows, int cols, double[] sums, int at) {
    ColumnSums.add(x, xOffset, cols, rows, cols, sums, at);
  }

  @Override
  protected void addSquaredDeviations(
      float[] x, int xOffset, int rows, int cols, float[] mean, double[] sums, int at) {
    for (int i = 0; i < rows; i += ColumnSums.ROWS) {
      int end = Math.min(rows, i + ColumnSums.ROWS);
      for (int j = 0; j < cols; j += N) {
        VectorMask<Float> lanes = Lanes.first(cols - j);
        FloatVector mu = load(mean, j, lanes);
        DoubleVector low = DoubleVector.zero(DOUBLES);
        DoubleVector high = DoubleVector.zero(DOUBLES);
        for (int r = i; r < end; r++) {
          FloatVector deviation = load(x, xOffset + r * cols + j, lanes).sub(mu);
          DoubleVector a = Lanes.low(deviation);
          DoubleVector b = Lanes.high(deviation);
          low = a.fma(a, low);
          high = b.fma(b, high);
        }
        ColumnSums.addTo(sums, at + j, low, high, cols - j);
      }
    }
  }

  @Override
  protected void forwardRows(
      float[] x,
      int xOffset,
      int from,
      int to,
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
    int threshold = CounterHash.threshold(p);
    for (int i = from; i < to; i++) {
      for (int j = 0; j < cols; j += N) {
        VectorMask<Float> lanes = Lanes.first(cols - j);
        int at = i * cols + j;
        FloatVector v =
            load(x, xOffset + at, lanes)
                .sub(load(mean, j, lanes))
                .mul(load(invStd, j, lanes))
                .mul(load(gamma, j, lanes))
                .add(load(beta, j, lanes));
        if (relu) {
          v = Lanes.relu(v);
        }
        if (p > 0) {
          VectorMask<Float> keep = DropoutMask.keep(seed, at, threshold);
          v = FloatVector.zero(FLOATS).blend(v.mul(scale), keep);
        }
        v.intoArray(y, yOffset + at, lanes);
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
      int cols,
      float[] mean,
      float[] invStd,
      boolean relu,
      float scale,
      double[] sums,
      int at) {
    for (int i = from; i < to; i += ColumnSums.ROWS) {
      int end = Math.min(to, i + ColumnSums.ROWS);
      for (int j = 0; j < cols; j += N) {
        VectorMask<Float> lanes = Lanes.first(cols - j);
        FloatVector mu = load(mean, j, lanes);
        FloatVector inverse = load(invStd, j, lanes);
        DoubleVector gLow = DoubleVector.zero(DOUBLES);
        DoubleVector gHigh = DoubleVector.zero(DOUBLES);
        DoubleVector xLow = DoubleVector.zero(DOUBLES);
        DoubleVector xHigh = DoubleVector.zero(DOUBLES);
        for (int r = i; r < end; r++) {
          int e = r * cols + j;
          FloatVector g = load(dy, dyOffset + e, lanes).mul(scale);
          if (relu) {
            VectorMask<Float> open = load(y, yOffset + e, lanes).compare(VectorOperators.GT, 0f);
            g = FloatVector.zero(FLOATS).blend(g, open);
          }
          FloatVector xhat = load(x, xOffset + e, lanes).sub(mu).mul(inverse);
          DoubleVector a = Lanes.low(g);
          DoubleVector b = Lanes.high(g);
          gLow = gLow.add(a);
          gHigh = gHigh.add(b);
          xLow = a.fma(Lanes.low(xhat), xLow);
          xHigh = b.fma(Lanes.high(xhat), xHigh);
        }
        ColumnSums.addTo(sums, at + j, gLow, gHigh, cols - j);
        ColumnSums.addTo(sums, at + cols + j, xLow, xHigh, cols - j);
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
      for (int j = 0; j < cols; j += N) {
        VectorMask<Float> lanes = Lanes.first(cols - j);
        int e = i * cols + j;
        FloatVector g = load(dy, dyOffset + e, lanes).mul(scale);
        if (relu) {
          VectorMask<Float> open = load(y, yOffset + e, lanes).compare(VectorOperators.GT, 0f);
          g = FloatVector.zero(FLOATS).blend(g, open);
        }
        FloatVector inverse = load(invStd, j, lanes);
        FloatVector xhat = load(x, xOffset + e, lanes).sub(load(mean, j, lanes)).mul(inverse);
        FloatVector pull = load(means, j, lanes).add(xhat.mul(load(means, cols + j, lanes)));
        FloatVector d = load(gamma, j, lanes).mul(inverse).mul(g.sub(pull));
        if (accumulate) {
          d = load(dx, dxOffset + e, lanes).add(d);
        }
        d.intoArray(dx, dxOffset + e, lanes);
      }
    }
  }
}

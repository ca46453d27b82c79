package org.recallrank.kernels.simd;

import static org.recallrank.kernels.simd.Lanes.DOUBLES;
import static org.recallrank.kernels.simd.Lanes.FLOATS;
import static org.recallrank.kernels.simd.Lanes.N;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import org.recallrank.kernels.CounterHash;
import org.recallrank.kernels.Scratch;
import org.recallrank.kernels.Workers;
import org.recallrank.kernels.scalar.ScalarBatchNorm;

/**
 * Batch normalisation a vector of columns at a time, the last columns by the scalar loops, which do
 * the same operations in the same order. The sums run down sixteen rows in registers (see {@link
 * ColumnSums}).
 */
final class SimdBatchNorm extends ScalarBatchNorm {
  private final Scratch strips = new Scratch();

  SimdBatchNorm(Workers workers) {
    super(workers);
  }

  private static FloatVector load(float[] x, int at) {
    return FloatVector.fromArray(FLOATS, x, at);
  }

  @Override
  protected void addSums(
      float[] x, int xOffset, int from, int to, int first, int cols, double[] sums, int at) {
    int full = FLOATS.loopBound(cols);
    ColumnSums.add(x, xOffset + from * cols, cols, to - from, full, sums, at);
    super.addSums(x, xOffset, from, to, full, cols, sums, at);
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
    int full = FLOATS.loopBound(cols);
    for (int i = from; i < to; i += ColumnSums.ROWS) {
      int end = Math.min(to, i + ColumnSums.ROWS);
      for (int j = 0; j < full; j += N) {
        FloatVector mu = load(mean, j);
        DoubleVector low = DoubleVector.zero(DOUBLES);
        DoubleVector high = DoubleVector.zero(DOUBLES);
        for (int r = i; r < end; r++) {
          FloatVector deviation = load(x, xOffset + r * cols + j).sub(mu);
          DoubleVector a = Lanes.low(deviation);
          DoubleVector b = Lanes.high(deviation);
          low = a.fma(a, low);
          high = b.fma(b, high);
        }
        ColumnSums.addTo(sums, at + j, low, high);
      }
    }
    super.addSquaredDeviations(x, xOffset, from, to, full, cols, mean, sums, at);
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
    int full = FLOATS.loopBound(cols);
    float scale = 1f / (1f - p);
    int threshold = CounterHash.threshold(p);
    for (int i = from; i < to; i++) {
      for (int j = 0; j < full; j += N) {
        int at = i * cols + j;
        FloatVector v =
            load(x, xOffset + at)
                .sub(load(mean, j))
                .mul(load(invStd, j))
                .mul(load(gamma, j))
                .add(load(beta, j));
        if (relu) {
          v = Lanes.relu(v);
        }
        if (p > 0) {
          VectorMask<Float> keep = DropoutMask.keep(seed, at, threshold);
          v = FloatVector.zero(FLOATS).blend(v.mul(scale), keep);
        }
        v.intoArray(y, yOffset + at);
      }
    }
    super.forwardRows(
        x, xOffset, from, to, full, cols, mean, invStd, gamma, beta, relu, p, seed, y, yOffset);
  }

  /**
   * Sixteen rows are added up in float before their sum goes on in double, in a method of its own:
   * with the conversions in here the method is so large that the compiler stops inlining and boxes
   * vectors.
   */
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
    int full = FLOATS.loopBound(cols);
    // Without ReLU every lane is open. A branch here would make the compiler box g.
    VectorMask<Float> always = FLOATS.maskAll(!relu);
    float[] gate = relu ? y : dy;
    int gateOffset = relu ? yOffset : dyOffset;
    float[] strip = strips.floats(2 * full);
    for (int i = from; i < to; i += ColumnSums.ROWS) {
      int end = Math.min(to, i + ColumnSums.ROWS);
      for (int j = 0; j < full; j += N) {
        FloatVector mu = load(mean, j);
        FloatVector inverse = load(invStd, j);
        FloatVector gSum = FloatVector.zero(FLOATS);
        FloatVector xSum = FloatVector.zero(FLOATS);
        for (int r = i; r < end; r++) {
          int e = r * cols + j;
          VectorMask<Float> open =
              load(gate, gateOffset + e).compare(VectorOperators.GT, 0f).or(always);
          FloatVector g = FloatVector.zero(FLOATS).blend(load(dy, dyOffset + e).mul(scale), open);
          gSum = gSum.add(g);
          xSum = load(x, xOffset + e).sub(mu).mul(inverse).fma(g, xSum);
        }
        gSum.intoArray(strip, j);
        xSum.intoArray(strip, full + j);
      }
      addTo(sums, at, strip, 0, full);
      addTo(sums, at + cols, strip, full, full);
    }
    super.addGradientSums(
        x, xOffset, y, yOffset, dy, dyOffset, from, to, full, cols, mean, invStd, relu, scale, sums,
        at);
  }

  private static void addTo(double[] sums, int at, float[] x, int xAt, int n) {
    for (int j = 0; j < n; j++) {
      sums[at + j] += x[xAt + j];
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
    int full = FLOATS.loopBound(cols);
    // Without ReLU every lane is open. A branch here would make the compiler box g.
    VectorMask<Float> always = FLOATS.maskAll(!relu);
    float[] gate = relu ? y : dy;
    int gateOffset = relu ? yOffset : dyOffset;
    for (int i = from; i < to; i++) {
      for (int j = 0; j < full; j += N) {
        int e = i * cols + j;
        FloatVector g = load(dy, dyOffset + e).mul(scale);
        VectorMask<Float> open =
            load(gate, gateOffset + e).compare(VectorOperators.GT, 0f).or(always);
        g = FloatVector.zero(FLOATS).blend(g, open);
        FloatVector inverse = load(invStd, j);
        FloatVector xhat = load(x, xOffset + e).sub(load(mean, j)).mul(inverse);
        FloatVector pull = load(means, j).add(xhat.mul(load(means, cols + j)));
        FloatVector d = load(gamma, j).mul(inverse).mul(g.sub(pull));
        if (accumulate) {
          load(dx, dxOffset + e).add(d).intoArray(dx, dxOffset + e);
        } else {
          d.intoArray(dx, dxOffset + e);
        }
      }
    }
    super.backwardRows(
        x,
        xOffset,
        y,
        yOffset,
        dy,
        dyOffset,
        from,
        to,
        full,
        cols,
        mean,
        invStd,
        gamma,
        relu,
        scale,
        means,
        dx,
        dxOffset,
        accumulate);
  }
}

package org.recallrank.kernels.simd;

import static org.recallrank.kernels.simd.Lanes.DOUBLES;
import static org.recallrank.kernels.simd.Lanes.FLOATS;
import static org.recallrank.kernels.simd.Lanes.N;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import org.recallrank.kernels.CounterHash;
import org.recallrank.kernels.VectorMathBase;
import org.recallrank.kernels.Workers;

/**
 * Element-wise functions a vector at a time, the rest of a range under a mask.
 *
 * <p>What is not a transcendental function does the same operations in the same order as the scalar
 * backend and so gives the same bits. Reductions widen to double before they add; several sums run
 * side by side because one would wait for its own additions.
 */
final class SimdVectorMath extends VectorMathBase {
  SimdVectorMath(Workers workers) {
    super(workers);
  }

  private static FloatVector load(float[] x, int at) {
    return FloatVector.fromArray(FLOATS, x, at);
  }

  private static FloatVector load(float[] x, int at, VectorMask<Float> lanes) {
    return FloatVector.fromArray(FLOATS, x, at, lanes);
  }

  @Override
  protected void expRange(float[] x, int xOffset, float[] y, int yOffset, int n) {
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += N) {
      Functions.exp(load(x, xOffset + i)).intoArray(y, yOffset + i);
    }
    if (i < n) {
      VectorMask<Float> rest = Lanes.first(n - i);
      Functions.exp(load(x, xOffset + i, rest)).intoArray(y, yOffset + i, rest);
    }
  }

  @Override
  protected void sigmoidRange(float[] x, int xOffset, float[] y, int yOffset, int n) {
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += N) {
      Functions.sigmoid(load(x, xOffset + i)).intoArray(y, yOffset + i);
    }
    if (i < n) {
      VectorMask<Float> rest = Lanes.first(n - i);
      Functions.sigmoid(load(x, xOffset + i, rest)).intoArray(y, yOffset + i, rest);
    }
  }

  @Override
  protected void tanhRange(float[] x, int xOffset, float[] y, int yOffset, int n) {
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += N) {
      Functions.tanh(load(x, xOffset + i)).intoArray(y, yOffset + i);
    }
    if (i < n) {
      VectorMask<Float> rest = Lanes.first(n - i);
      Functions.tanh(load(x, xOffset + i, rest)).intoArray(y, yOffset + i, rest);
    }
  }

  @Override
  protected void log1pRange(float[] x, int xOffset, float[] y, int yOffset, int n) {
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += N) {
      Functions.log1p(load(x, xOffset + i)).intoArray(y, yOffset + i);
    }
    if (i < n) {
      VectorMask<Float> rest = Lanes.first(n - i);
      Functions.log1p(load(x, xOffset + i, rest)).intoArray(y, yOffset + i, rest);
    }
  }

  @Override
  protected void reluRange(float[] x, int xOffset, float[] y, int yOffset, int n) {
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += N) {
      Lanes.relu(load(x, xOffset + i)).intoArray(y, yOffset + i);
    }
    if (i < n) {
      VectorMask<Float> rest = Lanes.first(n - i);
      Lanes.relu(load(x, xOffset + i, rest)).intoArray(y, yOffset + i, rest);
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
    for (int i = 0; i < n; i += N) {
      VectorMask<Float> lanes = Lanes.first(n - i);
      VectorMask<Float> open = load(y, yOffset + i, lanes).compare(VectorOperators.GT, 0f);
      FloatVector g =
          FloatVector.zero(FLOATS).blend(load(dy, dyOffset + i, lanes).mul(scale), open);
      store(g, dx, dxOffset + i, lanes, accumulate);
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
    int threshold = CounterHash.threshold(p);
    for (int i = 0; i < n; i += N) {
      VectorMask<Float> lanes = Lanes.first(n - i);
      VectorMask<Float> keep = DropoutMask.keep(seed, first + i, threshold);
      FloatVector v = FloatVector.zero(FLOATS).blend(load(x, xOffset + i, lanes).mul(scale), keep);
      store(v, y, yOffset + i, lanes, accumulate);
    }
  }

  @Override
  protected void addScalarRange(
      float[] x, int xOffset, float alpha, float[] y, int yOffset, int n) {
    for (int i = 0; i < n; i += N) {
      VectorMask<Float> lanes = Lanes.first(n - i);
      load(x, xOffset + i, lanes).add(alpha).intoArray(y, yOffset + i, lanes);
    }
  }

  @Override
  protected void scaleRange(
      float alpha, float[] x, int xOffset, float[] y, int yOffset, int n, boolean accumulate) {
    for (int i = 0; i < n; i += N) {
      VectorMask<Float> lanes = Lanes.first(n - i);
      store(load(x, xOffset + i, lanes).mul(alpha), y, yOffset + i, lanes, accumulate);
    }
  }

  @Override
  protected void addRange(
      float[] x, int xOffset, float[] y, int yOffset, float[] z, int zOffset, int n) {
    for (int i = 0; i < n; i += N) {
      VectorMask<Float> lanes = Lanes.first(n - i);
      load(x, xOffset + i, lanes).add(load(y, yOffset + i, lanes)).intoArray(z, zOffset + i, lanes);
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
    for (int i = 0; i < n; i += N) {
      VectorMask<Float> lanes = Lanes.first(n - i);
      FloatVector v = load(x, xOffset + i, lanes).mul(load(y, yOffset + i, lanes));
      store(v, z, zOffset + i, lanes, accumulate);
    }
  }

  private static void store(
      FloatVector v, float[] out, int at, VectorMask<Float> lanes, boolean accumulate) {
    (accumulate ? load(out, at, lanes).add(v) : v).intoArray(out, at, lanes);
  }

  @Override
  protected double sumRange(float[] x, int xOffset, int n) {
    DoubleVector low = DoubleVector.zero(DOUBLES);
    DoubleVector high = DoubleVector.zero(DOUBLES);
    for (int i = 0; i < n; i += N) {
      FloatVector v = load(x, xOffset + i, Lanes.first(n - i));
      low = low.add(Lanes.low(v));
      high = high.add(Lanes.high(v));
    }
    return Lanes.sum(low.add(high));
  }

  @Override
  protected double dotRange(float[] x, int xOffset, float[] y, int yOffset, int n) {
    DoubleVector low = DoubleVector.zero(DOUBLES);
    DoubleVector high = DoubleVector.zero(DOUBLES);
    for (int i = 0; i < n; i += N) {
      VectorMask<Float> lanes = Lanes.first(n - i);
      FloatVector a = load(x, xOffset + i, lanes);
      FloatVector b = load(y, yOffset + i, lanes);
      low = Lanes.low(a).fma(Lanes.low(b), low);
      high = Lanes.high(a).fma(Lanes.high(b), high);
    }
    return Lanes.sum(low.add(high));
  }

  @Override
  protected float maxRange(float[] x, int xOffset, int n) {
    FloatVector max = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += N) {
      max = max.max(load(x, xOffset + i));
    }
    if (i < n) {
      VectorMask<Float> rest = Lanes.first(n - i);
      max = max.lanewise(VectorOperators.MAX, load(x, xOffset + i, rest), rest);
    }
    return max.reduceLanes(VectorOperators.MAX);
  }

  /** Sixteen rows at a time, so that the sums of a column are loaded and stored once for them. */
  @Override
  protected void addColumnSums(
      float[] x, int xOffset, int ldx, int rows, int cols, double[] sums, int at) {
    ColumnSums.add(x, xOffset, ldx, rows, cols, sums, at);
  }

  @Override
  protected void softmaxRow(float[] x, int xOffset, float[] y, int yOffset, int n) {
    float max = maxRange(x, xOffset, n);
    DoubleVector low = DoubleVector.zero(DOUBLES);
    DoubleVector high = DoubleVector.zero(DOUBLES);
    for (int i = 0; i < n; i += N) {
      VectorMask<Float> lanes = Lanes.first(n - i);
      FloatVector e = Functions.exp(load(x, xOffset + i, lanes).sub(max));
      e = FloatVector.zero(FLOATS).blend(e, lanes);
      low = low.add(Lanes.low(e));
      high = high.add(Lanes.high(e));
      e.intoArray(y, yOffset + i, lanes);
    }
    float inverse = (float) (1 / Lanes.sum(low.add(high)));
    scaleRange(inverse, y, yOffset, y, yOffset, n, false);
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
    for (int i = 0; i < n; i += N) {
      VectorMask<Float> lanes = Lanes.first(n - i);
      FloatVector g = load(y, yOffset + i, lanes).mul(load(dy, dyOffset + i, lanes).sub(dot));
      store(g, dx, dxOffset + i, lanes, accumulate);
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
    DoubleVector low = DoubleVector.zero(DOUBLES);
    DoubleVector high = DoubleVector.zero(DOUBLES);
    for (int i = 0; i < n; i += N) {
      VectorMask<Float> lanes = Lanes.first(n - i);
      FloatVector logit = load(z, zOffset + i, lanes);
      FloatVector target = load(t, tOffset + i, lanes);
      FloatVector e = Functions.exp(logit.abs().neg());
      FloatVector sigmoid = e.blend(1f, logit.compare(VectorOperators.GE, 0f)).div(e.add(1f));
      FloatVector loss = Lanes.relu(logit).sub(logit.mul(target)).add(Functions.log1p(e));
      loss = FloatVector.zero(FLOATS).blend(loss, lanes);
      low = low.add(Lanes.low(loss));
      high = high.add(Lanes.high(loss));
      sigmoid.sub(target).mul(scale).intoArray(dz, dzOffset + i, lanes);
    }
    return Lanes.sum(low.add(high));
  }
}

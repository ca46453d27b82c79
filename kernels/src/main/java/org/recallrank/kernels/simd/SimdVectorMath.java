package org.recallrank.kernels.simd;

import static org.recallrank.kernels.simd.Lanes.DOUBLES;
import static org.recallrank.kernels.simd.Lanes.FLOATS;
import static org.recallrank.kernels.simd.Lanes.N;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import org.recallrank.kernels.CounterHash;
import org.recallrank.kernels.Workers;
import org.recallrank.kernels.scalar.ScalarVectorMath;

/**
 * The functions that the JIT compiler does not vectorise by itself: transcendental ones, reductions
 * (which it must not reorder), those that choose by a condition, and plain loops over arrays from
 * offsets that it does not know (in JDK 25: it cannot rule out that they overlap).
 *
 * <p>The loops run over whole vectors. The rest of a range is left to the scalar loop where that
 * gives the same bits, and is done under a mask behind the loop where it would not: with a mask in
 * the loop the compiler boxes vectors. Reductions widen to double before they add.
 */
final class SimdVectorMath extends ScalarVectorMath {
  /** Up to here each lane adds so few numbers that float is as good as double. */
  private static final int LONGEST_FLOAT_SUM = 32 * N;

  /** A bit for each lane. */
  private static final long LANES = -1L >>> (Long.SIZE - N);

  SimdVectorMath(Workers workers) {
    super(workers);
  }

  private static FloatVector load(float[] x, int at) {
    return FloatVector.fromArray(FLOATS, x, at);
  }

  /** Two stores, because a choice between two vectors would become an object. */
  private static void store(FloatVector v, float[] y, int at, boolean accumulate) {
    if (accumulate) {
      load(y, at).add(v).intoArray(y, at);
    } else {
      v.intoArray(y, at);
    }
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
    int full = FLOATS.loopBound(n);
    for (int i = 0; i < full; i += N) {
      VectorMask<Float> open = load(y, yOffset + i).compare(VectorOperators.GT, 0f);
      FloatVector g = FloatVector.zero(FLOATS).blend(load(dy, dyOffset + i).mul(scale), open);
      store(g, dx, dxOffset + i, accumulate);
    }
    super.reluGradientRange(
        y, yOffset + full, dy, dyOffset + full, scale, dx, dxOffset + full, n - full, accumulate);
  }

  @Override
  protected void reluRange(float[] x, int xOffset, float[] y, int yOffset, int n) {
    int full = FLOATS.loopBound(n);
    for (int i = 0; i < full; i += N) {
      Lanes.relu(load(x, xOffset + i)).intoArray(y, yOffset + i);
    }
    super.reluRange(x, xOffset + full, y, yOffset + full, n - full);
  }

  @Override
  protected void addScalarRange(
      float[] x, int xOffset, float alpha, float[] y, int yOffset, int n) {
    int full = FLOATS.loopBound(n);
    for (int i = 0; i < full; i += N) {
      load(x, xOffset + i).add(alpha).intoArray(y, yOffset + i);
    }
    super.addScalarRange(x, xOffset + full, alpha, y, yOffset + full, n - full);
  }

  @Override
  protected void scaleRange(
      float alpha, float[] x, int xOffset, float[] y, int yOffset, int n, boolean accumulate) {
    int full = FLOATS.loopBound(n);
    for (int i = 0; i < full; i += N) {
      FloatVector v = load(x, xOffset + i).mul(alpha);
      store(v, y, yOffset + i, accumulate);
    }
    super.scaleRange(alpha, x, xOffset + full, y, yOffset + full, n - full, accumulate);
  }

  @Override
  protected void addReluRange(
      float[] x, int xOffset, float[] y, int yOffset, float[] z, int zOffset, int n) {
    int full = FLOATS.loopBound(n);
    for (int i = 0; i < full; i += N) {
      Lanes.relu(load(x, xOffset + i).add(load(y, yOffset + i))).intoArray(z, zOffset + i);
    }
    super.addReluRange(x, xOffset + full, y, yOffset + full, z, zOffset + full, n - full);
  }

  @Override
  protected void positivesRange(float[] x, int xOffset, int n, int[] bits, int bitsOffset) {
    int words = N > Integer.SIZE ? 0 : n / Integer.SIZE;
    for (int word = 0; word < words; word++) {
      int packed = 0;
      for (int bit = 0; bit < Integer.SIZE; bit += N) {
        FloatVector v = load(x, xOffset + word * Integer.SIZE + bit);
        packed |= (int) v.compare(VectorOperators.GT, 0f).toLong() << bit;
      }
      bits[bitsOffset + word] = packed;
    }
    int done = words * Integer.SIZE;
    super.positivesRange(x, xOffset + done, n - done, bits, bitsOffset + words);
  }

  @Override
  protected void fillWhereRange(
      int[] bits, int bitsOffset, float value, float[] y, int yOffset, int n) {
    int words = N > Integer.SIZE ? 0 : n / Integer.SIZE;
    FloatVector values = FloatVector.broadcast(FLOATS, value);
    for (int word = 0; word < words; word++) {
      int packed = bits[bitsOffset + word];
      for (int bit = 0; bit < Integer.SIZE; bit += N) {
        VectorMask<Float> set = VectorMask.fromLong(FLOATS, packed >>> bit & LANES);
        FloatVector.zero(FLOATS)
            .blend(values, set)
            .intoArray(y, yOffset + word * Integer.SIZE + bit);
      }
    }
    int done = words * Integer.SIZE;
    super.fillWhereRange(bits, bitsOffset + words, value, y, yOffset + done, n - done);
  }

  @Override
  protected void addRange(
      float[] x, int xOffset, float[] y, int yOffset, float[] z, int zOffset, int n) {
    int full = FLOATS.loopBound(n);
    for (int i = 0; i < full; i += N) {
      load(x, xOffset + i).add(load(y, yOffset + i)).intoArray(z, zOffset + i);
    }
    super.addRange(x, xOffset + full, y, yOffset + full, z, zOffset + full, n - full);
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
    int full = FLOATS.loopBound(n);
    for (int i = 0; i < full; i += N) {
      FloatVector v = load(x, xOffset + i).mul(load(y, yOffset + i));
      store(v, z, zOffset + i, accumulate);
    }
    super.multiplyRange(
        x, xOffset + full, y, yOffset + full, z, zOffset + full, n - full, accumulate);
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
    int full = FLOATS.loopBound(n);
    for (int i = 0; i < full; i += N) {
      VectorMask<Float> keep = DropoutMask.keep(seed, first + i, threshold);
      FloatVector v = FloatVector.zero(FLOATS).blend(load(x, xOffset + i).mul(scale), keep);
      store(v, y, yOffset + i, accumulate);
    }
    super.dropoutRange(
        x, xOffset + full, y, yOffset + full, n - full, first + full, p, seed, accumulate);
  }

  @Override
  protected double sumRange(float[] x, int xOffset, int n) {
    DoubleVector low = DoubleVector.zero(DOUBLES);
    DoubleVector high = DoubleVector.zero(DOUBLES);
    int full = FLOATS.loopBound(n);
    for (int i = 0; i < full; i += N) {
      FloatVector v = load(x, xOffset + i);
      low = low.add(Lanes.low(v));
      high = high.add(Lanes.high(v));
    }
    return Lanes.sum(low.add(high)) + super.sumRange(x, xOffset + full, n - full);
  }

  @Override
  protected double dotRange(float[] x, int xOffset, float[] y, int yOffset, int n) {
    DoubleVector low = DoubleVector.zero(DOUBLES);
    DoubleVector high = DoubleVector.zero(DOUBLES);
    int full = FLOATS.loopBound(n);
    for (int i = 0; i < full; i += N) {
      FloatVector a = load(x, xOffset + i);
      FloatVector b = load(y, yOffset + i);
      low = Lanes.low(a).fma(Lanes.low(b), low);
      high = Lanes.high(a).fma(Lanes.high(b), high);
    }
    return Lanes.sum(low.add(high))
        + super.dotRange(x, xOffset + full, y, yOffset + full, n - full);
  }

  @Override
  protected float maxRange(float[] x, int xOffset, int n) {
    FloatVector max = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
    int full = FLOATS.loopBound(n);
    for (int i = 0; i < full; i += N) {
      max = max.max(load(x, xOffset + i));
    }
    return Math.max(
        max.reduceLanes(VectorOperators.MAX), super.maxRange(x, xOffset + full, n - full));
  }

  @Override
  protected void addColumnSums(
      float[] x, int xOffset, int ldx, int rows, int first, int cols, double[] sums, int at) {
    int full = FLOATS.loopBound(cols);
    ColumnSums.add(x, xOffset, ldx, rows, full, sums, at);
    super.addColumnSums(x, xOffset, ldx, rows, full, cols, sums, at);
  }

  /** Rows that fill no vector share the vectors of the exponential, which is all that is dear. */
  @Override
  protected void softmaxRange(float[] x, int xOffset, int rows, int cols, float[] y, int yOffset) {
    if (cols >= N) {
      super.softmaxRange(x, xOffset, rows, cols, y, yOffset);
      return;
    }
    for (int i = 0; i < rows; i++) {
      int at = i * cols;
      float max = Float.NEGATIVE_INFINITY;
      for (int j = 0; j < cols; j++) {
        max = Math.max(max, x[xOffset + at + j]);
      }
      for (int j = 0; j < cols; j++) {
        y[yOffset + at + j] = x[xOffset + at + j] - max;
      }
    }
    expRange(y, yOffset, y, yOffset, rows * cols);
    for (int at = yOffset; at < yOffset + rows * cols; at += cols) {
      double sum = 0;
      for (int j = 0; j < cols; j++) {
        sum += y[at + j];
      }
      float inverse = (float) (1 / sum);
      for (int j = 0; j < cols; j++) {
        y[at + j] *= inverse;
      }
    }
  }

  /** In three passes over the row, which lies in L1. */
  @Override
  protected void softmaxRow(float[] x, int xOffset, float[] y, int yOffset, int n) {
    int full = FLOATS.loopBound(n);
    VectorMask<Float> rest = Lanes.first(n - full);
    FloatVector most = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
    for (int i = 0; i < full; i += N) {
      most = most.max(load(x, xOffset + i));
    }
    if (full < n) {
      most = most.blend(most.max(load(x, xOffset + full, rest)), rest);
    }
    float max = most.reduceLanes(VectorOperators.MAX);
    FloatVector sums = FloatVector.zero(FLOATS);
    for (int i = 0; i < full; i += N) {
      FloatVector e = Functions.exp(load(x, xOffset + i).sub(max));
      e.intoArray(y, yOffset + i);
      sums = sums.add(e);
    }
    if (full < n) {
      FloatVector e = Functions.exp(load(x, xOffset + full, rest).sub(max));
      e.intoArray(y, yOffset + full, rest);
      sums = sums.blend(sums.add(e), rest);
    }
    double sum = n <= LONGEST_FLOAT_SUM ? Lanes.sum(sums) : sumRange(y, yOffset, n);
    scaleRange((float) (1 / sum), y, yOffset, y, yOffset, n, false);
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
    int full = FLOATS.loopBound(n);
    for (int i = 0; i < full; i += N) {
      FloatVector g = load(y, yOffset + i).mul(load(dy, dyOffset + i).sub(dot));
      store(g, dx, dxOffset + i, accumulate);
    }
    for (int i = full; i < n; i++) {
      float g = y[yOffset + i] * (dy[dyOffset + i] - dot);
      dx[dxOffset + i] = accumulate ? dx[dxOffset + i] + g : g;
    }
  }
}

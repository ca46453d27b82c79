package org.recallrank.kernels.simd;

import static org.recallrank.kernels.simd.Lanes.DOUBLES;
import static org.recallrank.kernels.simd.Lanes.FLOATS;
import static org.recallrank.kernels.simd.Lanes.N;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import org.recallrank.kernels.CounterHash;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.Scratch;
import org.recallrank.kernels.Vec;
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

  private final Scratch strips = new Scratch();

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

  /**
   * The last elements, fewer than a vector, at the beginning of one: a mask near the end of an
   * array would become an object, and so would vectors if a function had two callers, of which the
   * compiler takes only one in.
   */
  private float[] strip(float[] x, int at, int n) {
    float[] strip = strips.floats(N);
    System.arraycopy(x, at, strip, 0, n);
    return strip;
  }

  @Override
  protected void exp(float[] x, int xOffset, float[] y, int yOffset, int n) {
    int full = FLOATS.loopBound(n);
    expOfVectors(x, xOffset, y, yOffset, full);
    if (full < n) {
      float[] strip = strip(x, xOffset + full, n - full);
      expOfVectors(strip, 0, strip, 0, N);
      System.arraycopy(strip, 0, y, yOffset + full, n - full);
    }
  }

  private static void expOfVectors(float[] x, int xOffset, float[] y, int yOffset, int n) {
    for (int i = 0; i < n; i += N) {
      Functions.exp(load(x, xOffset + i)).intoArray(y, yOffset + i);
    }
  }

  @Override
  protected void sigmoid(float[] x, int xOffset, float[] y, int yOffset, int n) {
    int full = FLOATS.loopBound(n);
    sigmoidOfVectors(x, xOffset, y, yOffset, full);
    for (int i = full; i < n; i++) { // the answer to a request, mostly: no vector, no object
      y[yOffset + i] = Functions.sigmoid(x[xOffset + i]);
    }
  }

  private static void sigmoidOfVectors(float[] x, int xOffset, float[] y, int yOffset, int n) {
    for (int i = 0; i < n; i += N) {
      Functions.sigmoid(load(x, xOffset + i)).intoArray(y, yOffset + i);
    }
  }

  @Override
  protected void tanh(float[] x, int xOffset, float[] y, int yOffset, int n) {
    int full = FLOATS.loopBound(n);
    tanhOfVectors(x, xOffset, y, yOffset, full);
    if (full < n) {
      float[] strip = strip(x, xOffset + full, n - full);
      tanhOfVectors(strip, 0, strip, 0, N);
      System.arraycopy(strip, 0, y, yOffset + full, n - full);
    }
  }

  private static void tanhOfVectors(float[] x, int xOffset, float[] y, int yOffset, int n) {
    for (int i = 0; i < n; i += N) {
      Functions.tanh(load(x, xOffset + i)).intoArray(y, yOffset + i);
    }
  }

  @Override
  public void reluGradient(
      Vec y, Vec dy, float scale, Vec dx, boolean accumulate, int from, int to) {
    int full = from + FLOATS.loopBound(to - from);
    for (int i = from; i < full; i += N) {
      VectorMask<Float> open = load(y.data(), y.at(i)).compare(VectorOperators.GT, 0f);
      FloatVector g = FloatVector.zero(FLOATS).blend(load(dy.data(), dy.at(i)).mul(scale), open);
      store(g, dx.data(), dx.at(i), accumulate);
    }
    super.reluGradient(y, dy, scale, dx, accumulate, full, to);
  }

  @Override
  public void relu(float[] x, int xOffset, float[] y, int yOffset, int n) {
    int full = FLOATS.loopBound(n);
    for (int i = 0; i < full; i += N) {
      Lanes.relu(load(x, xOffset + i)).intoArray(y, yOffset + i);
    }
    super.relu(x, xOffset + full, y, yOffset + full, n - full);
  }

  @Override
  public void scale(
      float alpha, float[] x, int xOffset, float[] y, int yOffset, int n, boolean accumulate) {
    int full = FLOATS.loopBound(n);
    for (int i = 0; i < full; i += N) {
      FloatVector v = load(x, xOffset + i).mul(alpha);
      store(v, y, yOffset + i, accumulate);
    }
    super.scale(alpha, x, xOffset + full, y, yOffset + full, n - full, accumulate);
  }

  @Override
  public void addRelu(
      float[] x, int xOffset, float[] y, int yOffset, float[] z, int zOffset, int n) {
    int full = FLOATS.loopBound(n);
    for (int i = 0; i < full; i += N) {
      Lanes.relu(load(x, xOffset + i).add(load(y, yOffset + i))).intoArray(z, zOffset + i);
    }
    super.addRelu(x, xOffset + full, y, yOffset + full, z, zOffset + full, n - full);
  }

  @Override
  public void positives(float[] x, int xOffset, int n, int[] bits, int bitsOffset) {
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
    super.positives(x, xOffset + done, n - done, bits, bitsOffset + words);
  }

  @Override
  public void fillWhere(int[] bits, int bitsOffset, float value, float[] y, int yOffset, int n) {
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
    super.fillWhere(bits, bitsOffset + words, value, y, yOffset + done, n - done);
  }

  @Override
  public void add(float[] x, int xOffset, float[] y, int yOffset, float[] z, int zOffset, int n) {
    int full = FLOATS.loopBound(n);
    for (int i = 0; i < full; i += N) {
      load(x, xOffset + i).add(load(y, yOffset + i)).intoArray(z, zOffset + i);
    }
    super.add(x, xOffset + full, y, yOffset + full, z, zOffset + full, n - full);
  }

  @Override
  public void multiply(
      float[] x, int xOffset, float[] y, int yOffset, float[] z, int zOffset, int n) {
    int full = FLOATS.loopBound(n);
    for (int i = 0; i < full; i += N) {
      load(x, xOffset + i).mul(load(y, yOffset + i)).intoArray(z, zOffset + i);
    }
    super.multiply(x, xOffset + full, y, yOffset + full, z, zOffset + full, n - full);
  }

  @Override
  public void multiplyAdd(
      float[] x, int xOffset, float[] y, int yOffset, float[] z, int zOffset, int n) {
    int full = FLOATS.loopBound(n);
    for (int i = 0; i < full; i += N) {
      FloatVector v = load(x, xOffset + i).mul(load(y, yOffset + i));
      load(z, zOffset + i).add(v).intoArray(z, zOffset + i);
    }
    super.multiplyAdd(x, xOffset + full, y, yOffset + full, z, zOffset + full, n - full);
  }

  @Override
  protected void dropout(Vec x, Vec y, float p, long seed, boolean accumulate, int from, int to) {
    float scale = 1f / (1f - p);
    int threshold = CounterHash.threshold(p);
    int full = from + FLOATS.loopBound(to - from);
    for (int i = from; i < full; i += N) {
      FloatVector v = DropoutMask.drop(load(x.data(), x.at(i)).mul(scale), seed, i, threshold);
      store(v, y.data(), y.at(i), accumulate);
    }
    super.dropout(x, y, p, seed, accumulate, full, to);
  }

  @Override
  protected double sum(float[] x, int xOffset, int n) {
    DoubleVector low = DoubleVector.zero(DOUBLES);
    DoubleVector high = DoubleVector.zero(DOUBLES);
    int full = FLOATS.loopBound(n);
    for (int i = 0; i < full; i += N) {
      FloatVector v = load(x, xOffset + i);
      low = low.add(Lanes.low(v));
      high = high.add(Lanes.high(v));
    }
    return Lanes.sum(low.add(high)) + super.sum(x, xOffset + full, n - full);
  }

  @Override
  public double dot(float[] x, int xOffset, float[] y, int yOffset, int n) {
    DoubleVector low = DoubleVector.zero(DOUBLES);
    DoubleVector high = DoubleVector.zero(DOUBLES);
    int full = FLOATS.loopBound(n);
    for (int i = 0; i < full; i += N) {
      FloatVector a = load(x, xOffset + i);
      FloatVector b = load(y, yOffset + i);
      low = Lanes.low(a).fma(Lanes.low(b), low);
      high = Lanes.high(a).fma(Lanes.high(b), high);
    }
    return Lanes.sum(low.add(high)) + super.dot(x, xOffset + full, y, yOffset + full, n - full);
  }

  @Override
  protected float max(float[] x, int xOffset, int n) {
    FloatVector max = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
    int full = FLOATS.loopBound(n);
    for (int i = 0; i < full; i += N) {
      max = max.max(load(x, xOffset + i));
    }
    return Math.max(max.reduceLanes(VectorOperators.MAX), super.max(x, xOffset + full, n - full));
  }

  @Override
  protected void addColumnSums(
      float[] x, int xOffset, int ldx, int rows, int cols, double[] sums, int at) {
    int full = FLOATS.loopBound(cols);
    ColumnSums.add(x, xOffset, ldx, rows, full, sums, at);
    super.addColumnSums(x, xOffset + full, ldx, rows, cols - full, sums, at + full);
  }

  /** Rows that fill no vector share the vectors of the exponential, which is all that is dear. */
  @Override
  public void softmaxRows(float[] x, int xOffset, int rows, int cols, float[] y, int yOffset) {
    if (cols >= N) {
      super.softmaxRows(x, xOffset, rows, cols, y, yOffset);
      return;
    }
    int end = rows * cols;
    for (int at = 0; at < end; at += cols) {
      float max = super.max(x, xOffset + at, cols);
      for (int j = at; j < at + cols; j++) {
        y[yOffset + j] = x[xOffset + j] - max;
      }
    }
    exp(y, yOffset, y, yOffset, end);
    for (int at = yOffset; at < yOffset + end; at += cols) {
      super.scale((float) (1 / super.sum(y, at, cols)), y, at, y, at, cols, false);
    }
  }

  /** In three passes over the row, which lies in L1. */
  @Override
  protected void softmaxRow(float[] x, int xOffset, float[] y, int yOffset, int n) {
    int full = FLOATS.loopBound(n);
    VectorMask<Float> rest = Lanes.first(n - full);
    float max = max(x, xOffset, n);
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
    double sum = n <= LONGEST_FLOAT_SUM ? Lanes.sum(sums) : sum(y, yOffset, n);
    scale((float) (1 / sum), y, yOffset, y, yOffset, n, false);
  }

  @Override
  public void softmaxRowsGradient(
      Matrix y, Matrix dy, Matrix dx, boolean accumulate, int from, int to) {
    int n = y.cols();
    int full = FLOATS.loopBound(n);
    for (int row = from; row < to; row++) {
      int at = y.at(row, 0);
      int dyAt = dy.at(row, 0);
      int dxAt = dx.at(row, 0);
      float dot = (float) dot(y.data(), at, dy.data(), dyAt, n);
      for (int i = 0; i < full; i += N) {
        FloatVector g = load(y.data(), at + i).mul(load(dy.data(), dyAt + i).sub(dot));
        store(g, dx.data(), dxAt + i, accumulate);
      }
      for (int i = full; i < n; i++) {
        float g = y.data()[at + i] * (dy.data()[dyAt + i] - dot);
        dx.data()[dxAt + i] = accumulate ? dx.data()[dxAt + i] + g : g;
      }
    }
  }
}

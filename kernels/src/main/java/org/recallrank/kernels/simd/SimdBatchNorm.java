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
  protected void addSums(Matrix x, int from, int to, int first, double[] sums, int at) {
    int full = FLOATS.loopBound(x.cols());
    ColumnSums.add(x.data(), x.at(from, 0), x.cols(), to - from, full, sums, at);
    super.addSums(x, from, to, full, sums, at);
  }

  @Override
  protected void addSquaredDeviations(
      Matrix xs, float[] mean, int from, int to, int first, double[] sums, int at) {
    float[] x = xs.data();
    int xAt = xs.offset();
    int cols = xs.cols();
    int full = FLOATS.loopBound(cols);
    for (int i = from; i < to; i += ColumnSums.ROWS) {
      int end = Math.min(to, i + ColumnSums.ROWS);
      for (int j = 0; j < full; j += N) {
        FloatVector mu = load(mean, j);
        DoubleVector low = DoubleVector.zero(DOUBLES);
        DoubleVector high = DoubleVector.zero(DOUBLES);
        for (int r = i; r < end; r++) {
          FloatVector deviation = load(x, xAt + r * cols + j).sub(mu);
          DoubleVector a = Lanes.low(deviation);
          DoubleVector b = Lanes.high(deviation);
          low = a.fma(a, low);
          high = b.fma(b, high);
        }
        ColumnSums.addTo(sums, at + j, low, high);
      }
    }
    super.addSquaredDeviations(xs, mean, from, to, full, sums, at);
  }

  @Override
  protected void forwardRows(Pass pass, int from, int to, int first) {
    float[] x = pass.x().data();
    float[] y = pass.y().data();
    int xAt = pass.x().offset();
    int yAt = pass.y().offset();
    float[] mean = pass.moments().mean().fromZero();
    float[] invStd = pass.moments().invStd().fromZero();
    float[] gamma = pass.affine().gamma().fromZero();
    float[] beta = pass.affine().beta().fromZero();
    boolean relu = pass.after().relu();
    float p = pass.after().p();
    long seed = pass.after().seed();
    float scale = 1f / (1f - p);
    int threshold = CounterHash.threshold(p);
    int cols = pass.x().cols();
    int full = FLOATS.loopBound(cols);
    for (int i = from; i < to; i++) {
      for (int j = 0; j < full; j += N) {
        int e = i * cols + j;
        FloatVector v =
            load(x, xAt + e)
                .sub(load(mean, j))
                .mul(load(invStd, j))
                .mul(load(gamma, j))
                .add(load(beta, j));
        if (relu) {
          v = Lanes.relu(v);
        }
        if (p > 0) {
          v = DropoutMask.drop(v.mul(scale), seed, e, threshold);
        }
        v.intoArray(y, yAt + e);
      }
    }
    super.forwardRows(pass, from, to, full);
  }

  /**
   * Sixteen rows are added up in float before their sum goes on in double, in a method of its own:
   * with the conversions in here the method is so large that the compiler stops inlining and boxes
   * vectors.
   */
  @Override
  protected void addGradientSums(
      Pass pass, Matrix dys, int from, int to, int first, double[] sums, int at) {
    // Without ReLU every lane is open. A branch here would make the compiler box g.
    VectorMask<Float> always = FLOATS.maskAll(!pass.after().relu());
    Matrix gates = pass.after().relu() ? pass.y() : dys;
    float[] x = pass.x().data();
    float[] gate = gates.data();
    float[] dy = dys.data();
    int xAt = pass.x().offset();
    int gateAt = gates.offset();
    int dyAt = dys.offset();
    float[] mean = pass.moments().mean().fromZero();
    float[] invStd = pass.moments().invStd().fromZero();
    float scale = 1f / (1f - pass.after().p());
    int cols = dys.cols();
    int full = FLOATS.loopBound(cols);
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
              load(gate, gateAt + e).compare(VectorOperators.GT, 0f).or(always);
          FloatVector g = FloatVector.zero(FLOATS).blend(load(dy, dyAt + e).mul(scale), open);
          gSum = gSum.add(g);
          xSum = load(x, xAt + e).sub(mu).mul(inverse).fma(g, xSum);
        }
        gSum.intoArray(strip, j);
        xSum.intoArray(strip, full + j);
      }
      addTo(sums, at, strip, 0, full);
      addTo(sums, at + cols, strip, full, full);
    }
    super.addGradientSums(pass, dys, from, to, full, sums, at);
  }

  private static void addTo(double[] sums, int at, float[] x, int xAt, int n) {
    for (int j = 0; j < n; j++) {
      sums[at + j] += x[xAt + j];
    }
  }

  @Override
  protected void backwardRows(
      Pass pass, Matrix dys, float[] means, Gradients gradients, int from, int to, int first) {
    // Without ReLU every lane is open. A branch here would make the compiler box g.
    VectorMask<Float> always = FLOATS.maskAll(!pass.after().relu());
    Matrix gates = pass.after().relu() ? pass.y() : dys;
    float[] x = pass.x().data();
    float[] gate = gates.data();
    float[] dy = dys.data();
    float[] dx = gradients.dx().data();
    int xAt = pass.x().offset();
    int gateAt = gates.offset();
    int dyAt = dys.offset();
    int dxAt = gradients.dx().offset();
    float[] mean = pass.moments().mean().fromZero();
    float[] invStd = pass.moments().invStd().fromZero();
    float[] gamma = pass.affine().gamma().fromZero();
    boolean accumulate = gradients.accumulate();
    float scale = 1f / (1f - pass.after().p());
    int cols = dys.cols();
    int full = FLOATS.loopBound(cols);
    for (int i = from; i < to; i++) {
      for (int j = 0; j < full; j += N) {
        int e = i * cols + j;
        FloatVector g = load(dy, dyAt + e).mul(scale);
        VectorMask<Float> open = load(gate, gateAt + e).compare(VectorOperators.GT, 0f).or(always);
        g = FloatVector.zero(FLOATS).blend(g, open);
        FloatVector inverse = load(invStd, j);
        FloatVector xhat = load(x, xAt + e).sub(load(mean, j)).mul(inverse);
        FloatVector pull = load(means, j).add(xhat.mul(load(means, cols + j)));
        FloatVector d = load(gamma, j).mul(inverse).mul(g.sub(pull));
        if (accumulate) {
          load(dx, dxAt + e).add(d).intoArray(dx, dxAt + e);
        } else {
          d.intoArray(dx, dxAt + e);
        }
      }
    }
    super.backwardRows(pass, dys, means, gradients, from, to, full);
  }
}

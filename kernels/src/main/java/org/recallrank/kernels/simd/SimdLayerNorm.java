package org.recallrank.kernels.simd;

import static org.recallrank.kernels.simd.Lanes.FLOATS;
import static org.recallrank.kernels.simd.Lanes.N;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import org.recallrank.kernels.Workers;
import org.recallrank.kernels.scalar.ScalarLayerNorm;

/**
 * Layer normalisation a vector of columns at a time, in three passes over a row that stays in L1.
 * Rows that are no whole number of vectors are left to the scalar loops.
 */
final class SimdLayerNorm extends ScalarLayerNorm {
  SimdLayerNorm(Workers workers) {
    super(workers);
  }

  private static FloatVector load(float[] x, int at) {
    return FloatVector.fromArray(FLOATS, x, at);
  }

  @Override
  protected void forwardRows(Forward f, int from, int to) {
    int cols = f.cols();
    if (cols % N != 0) {
      super.forwardRows(f, from, to);
      return;
    }
    for (int i = from; i < to; i++) {
      int at = i * cols;
      float[] normal = f.normal();
      float sum =
          f.residual() == null
              ? copy(f.x(), f.xOffset() + at, normal, at, cols)
              : add(
                  f.x(), f.xOffset() + at, f.residual(), f.residualOffset() + at, normal, at, cols);
      float mean = sum / cols;
      float squares = squaredDeviations(normal, at, cols, mean);
      float invStd = (float) (1 / Math.sqrt((double) squares / cols + f.epsilon()));
      f.invStd()[i] = invStd;
      FloatVector floor = FloatVector.broadcast(FLOATS, f.relu() ? 0 : Float.NEGATIVE_INFINITY);
      for (int j = 0; j < cols; j += N) {
        FloatVector n = load(normal, at + j).sub(mean).mul(invStd);
        n.intoArray(normal, at + j);
        n.fma(load(f.gamma(), f.gammaOffset() + j), load(f.beta(), f.betaOffset() + j))
            .max(floor)
            .intoArray(f.y(), f.yOffset() + at + j);
      }
    }
  }

  /** s = x; returns the sum. */
  private static float copy(float[] x, int xAt, float[] s, int sAt, int n) {
    FloatVector sum = FloatVector.zero(FLOATS);
    for (int j = 0; j < n; j += N) {
      FloatVector v = load(x, xAt + j);
      sum = sum.add(v);
      v.intoArray(s, sAt + j);
    }
    return Lanes.sum(sum);
  }

  /** s = x + r; returns the sum. */
  private static float add(float[] x, int xAt, float[] r, int rAt, float[] s, int sAt, int n) {
    FloatVector sum = FloatVector.zero(FLOATS);
    for (int j = 0; j < n; j += N) {
      FloatVector v = load(x, xAt + j).add(load(r, rAt + j));
      sum = sum.add(v);
      v.intoArray(s, sAt + j);
    }
    return Lanes.sum(sum);
  }

  private static float squaredDeviations(float[] s, int sAt, int n, float mean) {
    FloatVector sum = FloatVector.zero(FLOATS);
    for (int j = 0; j < n; j += N) {
      FloatVector deviation = load(s, sAt + j).sub(mean);
      sum = deviation.fma(deviation, sum);
    }
    return Lanes.sum(sum);
  }

  @Override
  protected void backwardRows(Backward b, int from, int to, float[] sums, int at) {
    if (b.cols() % N != 0) {
      super.backwardRows(b, from, to, sums, at);
      return;
    }
    // Without ReLU every lane is open. A branch in the loops would make the compiler box vectors.
    VectorMask<Float> always = FLOATS.maskAll(!b.relu());
    float[] gate = b.relu() ? b.y() : b.dy();
    int gateOffset = b.relu() ? b.yOffset() : b.dyOffset();
    for (int i = from; i < to; i++) {
      backwardRow(b, i, always, gate, gateOffset + i * b.cols(), sums, at);
    }
  }

  private static void backwardRow(
      Backward b,
      int row,
      VectorMask<Float> always,
      float[] gate,
      int gateAt,
      float[] sums,
      int sumsAt) {
    int cols = b.cols();
    int at = row * cols;
    int dyAt = b.dyOffset() + at;
    FloatVector sum = FloatVector.zero(FLOATS);
    FloatVector dot = FloatVector.zero(FLOATS);
    for (int j = 0; j < cols; j += N) {
      FloatVector g = open(b.dy(), dyAt + j, gate, gateAt + j, always);
      FloatVector normal = load(b.normal(), at + j);
      FloatVector scaled = g.mul(load(b.gamma(), b.gammaOffset() + j));
      sum = sum.add(scaled);
      dot = scaled.fma(normal, dot);
      g.fma(normal, load(sums, sumsAt + j)).intoArray(sums, sumsAt + j);
      load(sums, sumsAt + cols + j).add(g).intoArray(sums, sumsAt + cols + j);
    }
    if (b.dx() == null) {
      return;
    }
    float mean = Lanes.sum(sum) / cols;
    FloatVector slope = FloatVector.broadcast(FLOATS, -Lanes.sum(dot) / cols);
    for (int j = 0; j < cols; j += N) {
      FloatVector g = open(b.dy(), dyAt + j, gate, gateAt + j, always);
      FloatVector scaled = g.mul(load(b.gamma(), b.gammaOffset() + j)).sub(mean);
      FloatVector d = load(b.normal(), at + j).fma(slope, scaled).mul(b.invStd()[row]);
      int x = b.dxOffset() + at + j;
      (b.accumulate() ? d.add(load(b.dx(), x)) : d).intoArray(b.dx(), x);
    }
  }

  /** dy where the gate is above 0, or everywhere, else 0. */
  private static FloatVector open(
      float[] dy, int dyAt, float[] gate, int gateAt, VectorMask<Float> always) {
    VectorMask<Float> lanes = load(gate, gateAt).compare(VectorOperators.GT, 0f).or(always);
    return FloatVector.zero(FLOATS).blend(load(dy, dyAt), lanes);
  }
}

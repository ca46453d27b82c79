package org.recallrank.kernels.simd;

import static org.recallrank.kernels.simd.Lanes.FLOATS;
import static org.recallrank.kernels.simd.Lanes.N;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import org.recallrank.kernels.Matrix;
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
  protected void forwardRows(Pass pass, int from, int to) {
    int cols = pass.x().cols();
    if (cols % N != 0) {
      super.forwardRows(pass, from, to);
      return;
    }
    float[] x = pass.x().data();
    float[] residual = pass.residual() == null ? null : pass.residual().data();
    float[] normal = pass.normal().values().data();
    float[] y = pass.y().data();
    int xAt = pass.x().offset();
    int residualAt = residual == null ? 0 : pass.residual().offset();
    int normalAt = pass.normal().values().offset();
    int yAt = pass.y().offset();
    float[] gamma = pass.affine().gamma().fromZero();
    float[] beta = pass.affine().beta().fromZero();
    for (int i = from; i < to; i++) {
      int e = i * cols;
      int at = normalAt + e;
      float sum =
          residual == null
              ? copy(x, xAt + e, normal, at, cols)
              : add(x, xAt + e, residual, residualAt + e, normal, at, cols);
      float mean = sum / cols;
      float squares = squaredDeviations(normal, at, cols, mean);
      float invStd = (float) (1 / Math.sqrt((double) squares / cols + pass.epsilon()));
      pass.normal().invStd().set(i, invStd);
      FloatVector floor = FloatVector.broadcast(FLOATS, pass.relu() ? 0 : Float.NEGATIVE_INFINITY);
      for (int j = 0; j < cols; j += N) {
        FloatVector n = load(normal, at + j).sub(mean).mul(invStd);
        n.intoArray(normal, at + j);
        n.fma(load(gamma, j), load(beta, j)).max(floor).intoArray(y, yAt + e + j);
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
  protected void backwardRows(
      Pass pass, Matrix dy, Gradients gradients, int from, int to, float[] sums, int at) {
    if (dy.cols() % N != 0) {
      super.backwardRows(pass, dy, gradients, from, to, sums, at);
      return;
    }
    for (int i = from; i < to; i++) {
      backwardRow(pass, dy, gradients, i, sums, at);
    }
  }

  private static void backwardRow(
      Pass pass, Matrix dys, Gradients gradients, int row, float[] sums, int sumsAt) {
    int cols = dys.cols();
    // Without ReLU every lane is open. A branch in the loops would make the compiler box vectors.
    VectorMask<Float> always = FLOATS.maskAll(!pass.relu());
    Matrix gates = pass.relu() ? pass.y() : dys;
    float[] gate = gates.data();
    int gateAt = gates.at(row, 0);
    float[] dy = dys.data();
    int dyAt = dys.at(row, 0);
    float[] normals = pass.normal().values().data();
    int normalAt = pass.normal().values().at(row, 0);
    float[] gamma = pass.affine().gamma().fromZero();
    FloatVector sum = FloatVector.zero(FLOATS);
    FloatVector dot = FloatVector.zero(FLOATS);
    for (int j = 0; j < cols; j += N) {
      FloatVector g = open(dy, dyAt + j, gate, gateAt + j, always);
      FloatVector normal = load(normals, normalAt + j);
      FloatVector scaled = g.mul(load(gamma, j));
      sum = sum.add(scaled);
      dot = scaled.fma(normal, dot);
      g.fma(normal, load(sums, sumsAt + j)).intoArray(sums, sumsAt + j);
      load(sums, sumsAt + cols + j).add(g).intoArray(sums, sumsAt + cols + j);
    }
    if (gradients.dx() == null) {
      return;
    }
    float[] dx = gradients.dx().data();
    int dxAt = gradients.dx().at(row, 0);
    float invStd = pass.normal().invStd().get(row);
    float mean = Lanes.sum(sum) / cols;
    FloatVector slope = FloatVector.broadcast(FLOATS, -Lanes.sum(dot) / cols);
    for (int j = 0; j < cols; j += N) {
      FloatVector g = open(dy, dyAt + j, gate, gateAt + j, always);
      FloatVector scaled = g.mul(load(gamma, j)).sub(mean);
      FloatVector d = load(normals, normalAt + j).fma(slope, scaled).mul(invStd);
      if (gradients.accumulate()) { // a choice between two vectors would become an object
        d.add(load(dx, dxAt + j)).intoArray(dx, dxAt + j);
      } else {
        d.intoArray(dx, dxAt + j);
      }
    }
  }

  /** dy where the gate is above 0, or everywhere, else 0. */
  private static FloatVector open(
      float[] dy, int dyAt, float[] gate, int gateAt, VectorMask<Float> always) {
    VectorMask<Float> lanes = load(gate, gateAt).compare(VectorOperators.GT, 0f).or(always);
    return FloatVector.zero(FLOATS).blend(load(dy, dyAt), lanes);
  }
}

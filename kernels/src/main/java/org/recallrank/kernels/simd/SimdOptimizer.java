package org.recallrank.kernels.simd;

import static org.recallrank.kernels.simd.Lanes.DOUBLES;
import static org.recallrank.kernels.simd.Lanes.FLOATS;
import static org.recallrank.kernels.simd.Lanes.N;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import org.recallrank.kernels.OptimizerBase;
import org.recallrank.kernels.Workers;

/**
 * The update rules a vector at a time, with the operations of the scalar backend in the same order,
 * so that both give the same bits. Everything an update needs is read once and written once, and
 * the norm of the new weights falls out on the way.
 */
final class SimdOptimizer extends OptimizerBase {
  SimdOptimizer(Workers workers) {
    super(workers);
  }

  @Override
  protected double adamRange(
      float[] w,
      int wOffset,
      float[] m,
      float[] v,
      int stateOffset,
      float[] g,
      int gOffset,
      int n,
      AdamStep step) {
    float gradientScale = step.gradientScale();
    float lambda = step.lambda();
    float beta1 = (float) step.beta1();
    float beta2 = (float) step.beta2();
    float rest1 = (float) (1 - step.beta1());
    float rest2 = (float) (1 - step.beta2());
    float stepSize = step.stepSize();
    float root = step.rootOfCorrection();
    float epsilon = step.epsilon();
    DoubleVector low = DoubleVector.zero(DOUBLES);
    DoubleVector high = DoubleVector.zero(DOUBLES);
    for (int i = 0; i < n; i += N) {
      VectorMask<Float> lanes = Lanes.first(n - i);
      FloatVector old = FloatVector.fromArray(FLOATS, w, wOffset + i, lanes);
      FloatVector gradient =
          FloatVector.fromArray(FLOATS, g, gOffset + i, lanes)
              .add(old.mul(lambda))
              .mul(gradientScale);
      FloatVector mean =
          FloatVector.fromArray(FLOATS, m, stateOffset + i, lanes)
              .mul(beta1)
              .add(gradient.mul(rest1));
      FloatVector square =
          FloatVector.fromArray(FLOATS, v, stateOffset + i, lanes)
              .mul(beta2)
              .add(gradient.mul(gradient).mul(rest2));
      FloatVector denominator = square.lanewise(VectorOperators.SQRT).div(root).add(epsilon);
      FloatVector updated = old.sub(mean.div(denominator).mul(stepSize));
      mean.intoArray(m, stateOffset + i, lanes);
      square.intoArray(v, stateOffset + i, lanes);
      updated.intoArray(w, wOffset + i, lanes);
      updated = FloatVector.zero(FLOATS).blend(updated, lanes);
      DoubleVector a = Lanes.low(updated);
      DoubleVector b = Lanes.high(updated);
      low = a.fma(a, low);
      high = b.fma(b, high);
    }
    return Lanes.sum(low.add(high));
  }

  @Override
  protected double sgdRange(
      float[] w, int wOffset, float[] g, int gOffset, int n, float rate, float lambda) {
    DoubleVector low = DoubleVector.zero(DOUBLES);
    DoubleVector high = DoubleVector.zero(DOUBLES);
    for (int i = 0; i < n; i += N) {
      VectorMask<Float> lanes = Lanes.first(n - i);
      FloatVector old = FloatVector.fromArray(FLOATS, w, wOffset + i, lanes);
      FloatVector gradient =
          FloatVector.fromArray(FLOATS, g, gOffset + i, lanes).add(old.mul(lambda));
      FloatVector updated = old.sub(gradient.mul(rate));
      updated.intoArray(w, wOffset + i, lanes);
      DoubleVector a = Lanes.low(updated);
      DoubleVector b = Lanes.high(updated);
      low = a.fma(a, low);
      high = b.fma(b, high);
    }
    return Lanes.sum(low.add(high));
  }

  @Override
  protected double adagradRange(
      float[] w,
      int wOffset,
      float[] s,
      int stateOffset,
      float[] g,
      int gOffset,
      int n,
      float gradientScale,
      float lambda,
      float lr,
      float epsilon) {
    DoubleVector low = DoubleVector.zero(DOUBLES);
    DoubleVector high = DoubleVector.zero(DOUBLES);
    for (int i = 0; i < n; i += N) {
      VectorMask<Float> lanes = Lanes.first(n - i);
      FloatVector old = FloatVector.fromArray(FLOATS, w, wOffset + i, lanes);
      FloatVector gradient =
          FloatVector.fromArray(FLOATS, g, gOffset + i, lanes)
              .add(old.mul(lambda))
              .mul(gradientScale);
      FloatVector state =
          FloatVector.fromArray(FLOATS, s, stateOffset + i, lanes).add(gradient.mul(gradient));
      FloatVector denominator = state.lanewise(VectorOperators.SQRT).add(epsilon);
      FloatVector updated = old.sub(gradient.div(denominator).mul(lr));
      state.intoArray(s, stateOffset + i, lanes);
      updated.intoArray(w, wOffset + i, lanes);
      updated = FloatVector.zero(FLOATS).blend(updated, lanes);
      DoubleVector a = Lanes.low(updated);
      DoubleVector b = Lanes.high(updated);
      low = a.fma(a, low);
      high = b.fma(b, high);
    }
    return Lanes.sum(low.add(high));
  }
}

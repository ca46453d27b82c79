package org.recallrank.kernels.simd;

import static org.recallrank.kernels.simd.Lanes.DOUBLES;
import static org.recallrank.kernels.simd.Lanes.FLOATS;
import static org.recallrank.kernels.simd.Lanes.N;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import org.recallrank.kernels.Scratch;
import org.recallrank.kernels.Workers;
import org.recallrank.kernels.scalar.ScalarOptimizer;

/**
 * The update rules a vector at a time, with the operations of the scalar backend in the same order,
 * so that both give the same bits and the scalar loop can do the rest of a range. (A mask on the
 * last vector would make the JIT compiler box vectors in the whole loop.) Everything an update
 * needs is read once and written once, and the norm of the new weights falls out on the way.
 *
 * <p>Behind a loop its sums go through an array: C2 has so many nodes by then that it inlines only
 * methods of the Vector API, and a vector that is handed to any other becomes an object.
 */
final class SimdOptimizer extends ScalarOptimizer {
  private final Scratch sums = new Scratch();

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
    int full = FLOATS.loopBound(n);
    if (full == 0) {
      return super.adamRange(w, wOffset, m, v, stateOffset, g, gOffset, n, step);
    }
    double[] lanes = sums.doubles(DOUBLES.length());
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
    for (int i = 0; i < full; i += N) {
      FloatVector old = FloatVector.fromArray(FLOATS, w, wOffset + i);
      FloatVector gradient =
          FloatVector.fromArray(FLOATS, g, gOffset + i).add(old.mul(lambda)).mul(gradientScale);
      FloatVector mean =
          FloatVector.fromArray(FLOATS, m, stateOffset + i).mul(beta1).add(gradient.mul(rest1));
      FloatVector square =
          FloatVector.fromArray(FLOATS, v, stateOffset + i)
              .mul(beta2)
              .add(gradient.mul(gradient).mul(rest2));
      FloatVector denominator = square.lanewise(VectorOperators.SQRT).div(root).add(epsilon);
      FloatVector updated = old.sub(mean.div(denominator).mul(stepSize));
      mean.intoArray(m, stateOffset + i);
      square.intoArray(v, stateOffset + i);
      updated.intoArray(w, wOffset + i);
      DoubleVector a = Lanes.low(updated);
      DoubleVector b = Lanes.high(updated);
      low = a.fma(a, low);
      high = b.fma(b, high);
    }
    low.add(high).intoArray(lanes, 0);
    return Lanes.fold(lanes, DOUBLES.length())
        + super.adamRange(
            w, wOffset + full, m, v, stateOffset + full, g, gOffset + full, n - full, step);
  }

  @Override
  protected double sgdRange(
      float[] w, int wOffset, float[] g, int gOffset, int n, float rate, float lambda) {
    int full = FLOATS.loopBound(n);
    if (full == 0) {
      return super.sgdRange(w, wOffset, g, gOffset, n, rate, lambda);
    }
    double[] lanes = sums.doubles(DOUBLES.length());
    DoubleVector low = DoubleVector.zero(DOUBLES);
    DoubleVector high = DoubleVector.zero(DOUBLES);
    for (int i = 0; i < full; i += N) {
      FloatVector old = FloatVector.fromArray(FLOATS, w, wOffset + i);
      FloatVector gradient = FloatVector.fromArray(FLOATS, g, gOffset + i).add(old.mul(lambda));
      FloatVector updated = old.sub(gradient.mul(rate));
      updated.intoArray(w, wOffset + i);
      DoubleVector a = Lanes.low(updated);
      DoubleVector b = Lanes.high(updated);
      low = a.fma(a, low);
      high = b.fma(b, high);
    }
    low.add(high).intoArray(lanes, 0);
    return Lanes.fold(lanes, DOUBLES.length())
        + super.sgdRange(w, wOffset + full, g, gOffset + full, n - full, rate, lambda);
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
    int full = FLOATS.loopBound(n);
    if (full == 0) {
      return super.adagradRange(
          w, wOffset, s, stateOffset, g, gOffset, n, gradientScale, lambda, lr, epsilon);
    }
    double[] lanes = sums.doubles(DOUBLES.length());
    DoubleVector low = DoubleVector.zero(DOUBLES);
    DoubleVector high = DoubleVector.zero(DOUBLES);
    for (int i = 0; i < full; i += N) {
      FloatVector old = FloatVector.fromArray(FLOATS, w, wOffset + i);
      FloatVector gradient =
          FloatVector.fromArray(FLOATS, g, gOffset + i).add(old.mul(lambda)).mul(gradientScale);
      FloatVector state =
          FloatVector.fromArray(FLOATS, s, stateOffset + i).add(gradient.mul(gradient));
      FloatVector denominator = state.lanewise(VectorOperators.SQRT).add(epsilon);
      FloatVector updated = old.sub(gradient.div(denominator).mul(lr));
      state.intoArray(s, stateOffset + i);
      updated.intoArray(w, wOffset + i);
      DoubleVector a = Lanes.low(updated);
      DoubleVector b = Lanes.high(updated);
      low = a.fma(a, low);
      high = b.fma(b, high);
    }
    low.add(high).intoArray(lanes, 0);
    return Lanes.fold(lanes, DOUBLES.length())
        + super.adagradRange(
            w,
            wOffset + full,
            s,
            stateOffset + full,
            g,
            gOffset + full,
            n - full,
            gradientScale,
            lambda,
            lr,
            epsilon);
  }
}

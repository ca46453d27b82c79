package org.recallrank.kernels.simd;

import static org.recallrank.kernels.simd.Lanes.DOUBLES;
import static org.recallrank.kernels.simd.Lanes.FLOATS;
import static org.recallrank.kernels.simd.Lanes.N;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import org.recallrank.kernels.Scratch;
import org.recallrank.kernels.Vec;
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
  protected double adam(Moments moments, AdamStep step, int from, int to, float[] g, int gAt) {
    int full = FLOATS.loopBound(to - from);
    if (full == 0) {
      return super.adam(moments, step, from, to, g, gAt);
    }
    double[] lanes = sums.doubles(DOUBLES.length());
    float[] w = moments.w().data();
    float[] m = moments.m().data();
    float[] v = moments.v().data();
    int wAt = moments.w().at(from);
    int mAt = moments.m().at(from);
    int vAt = moments.v().at(from);
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
      FloatVector old = FloatVector.fromArray(FLOATS, w, wAt + i);
      FloatVector gradient =
          FloatVector.fromArray(FLOATS, g, gAt + i).add(old.mul(lambda)).mul(gradientScale);
      FloatVector mean =
          FloatVector.fromArray(FLOATS, m, mAt + i).mul(beta1).add(gradient.mul(rest1));
      FloatVector square =
          FloatVector.fromArray(FLOATS, v, vAt + i)
              .mul(beta2)
              .add(gradient.mul(gradient).mul(rest2));
      FloatVector denominator = square.lanewise(VectorOperators.SQRT).div(root).add(epsilon);
      FloatVector updated = old.sub(mean.div(denominator).mul(stepSize));
      mean.intoArray(m, mAt + i);
      square.intoArray(v, vAt + i);
      updated.intoArray(w, wAt + i);
      DoubleVector a = Lanes.low(updated);
      DoubleVector b = Lanes.high(updated);
      low = a.fma(a, low);
      high = b.fma(b, high);
    }
    low.add(high).intoArray(lanes, 0);
    return Lanes.fold(lanes, DOUBLES.length())
        + super.adam(moments, step, from + full, to, g, gAt + full);
  }

  @Override
  protected double sgd(Vec weights, PlainStep step, int from, int to, float[] g, int gAt) {
    int full = FLOATS.loopBound(to - from);
    if (full == 0) {
      return super.sgd(weights, step, from, to, g, gAt);
    }
    double[] lanes = sums.doubles(DOUBLES.length());
    float[] w = weights.data();
    int wAt = weights.at(from);
    float rate = step.lr() * step.gradientScale();
    float lambda = step.lambda();
    DoubleVector low = DoubleVector.zero(DOUBLES);
    DoubleVector high = DoubleVector.zero(DOUBLES);
    for (int i = 0; i < full; i += N) {
      FloatVector old = FloatVector.fromArray(FLOATS, w, wAt + i);
      FloatVector gradient = FloatVector.fromArray(FLOATS, g, gAt + i).add(old.mul(lambda));
      FloatVector updated = old.sub(gradient.mul(rate));
      updated.intoArray(w, wAt + i);
      DoubleVector a = Lanes.low(updated);
      DoubleVector b = Lanes.high(updated);
      low = a.fma(a, low);
      high = b.fma(b, high);
    }
    low.add(high).intoArray(lanes, 0);
    return Lanes.fold(lanes, DOUBLES.length())
        + super.sgd(weights, step, from + full, to, g, gAt + full);
  }

  @Override
  protected double adagrad(
      Squares squares, PlainStep step, float epsilon, int from, int to, float[] g, int gAt) {
    int full = FLOATS.loopBound(to - from);
    if (full == 0) {
      return super.adagrad(squares, step, epsilon, from, to, g, gAt);
    }
    double[] lanes = sums.doubles(DOUBLES.length());
    float[] w = squares.w().data();
    float[] s = squares.s().data();
    int wAt = squares.w().at(from);
    int sAt = squares.s().at(from);
    float gradientScale = step.gradientScale();
    float lambda = step.lambda();
    float lr = step.lr();
    DoubleVector low = DoubleVector.zero(DOUBLES);
    DoubleVector high = DoubleVector.zero(DOUBLES);
    for (int i = 0; i < full; i += N) {
      FloatVector old = FloatVector.fromArray(FLOATS, w, wAt + i);
      FloatVector gradient =
          FloatVector.fromArray(FLOATS, g, gAt + i).add(old.mul(lambda)).mul(gradientScale);
      FloatVector state = FloatVector.fromArray(FLOATS, s, sAt + i).add(gradient.mul(gradient));
      FloatVector denominator = state.lanewise(VectorOperators.SQRT).add(epsilon);
      FloatVector updated = old.sub(gradient.div(denominator).mul(lr));
      state.intoArray(s, sAt + i);
      updated.intoArray(w, wAt + i);
      DoubleVector a = Lanes.low(updated);
      DoubleVector b = Lanes.high(updated);
      low = a.fma(a, low);
      high = b.fma(b, high);
    }
    low.add(high).intoArray(lanes, 0);
    return Lanes.fold(lanes, DOUBLES.length())
        + super.adagrad(squares, step, epsilon, from + full, to, g, gAt + full);
  }
}

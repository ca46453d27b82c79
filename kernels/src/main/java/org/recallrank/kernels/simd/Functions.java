package org.recallrank.kernels.simd;

import static org.recallrank.kernels.simd.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * e^x and its relatives by range reduction and polynomials.
 *
 * <p>e^x = 2^n e^r with n = round(x / ln 2), so |r| is at most ln(2) / 2, and e^r = 1 + r + r^2
 * q(r). The coefficients of q were fitted to the least largest relative error (Remez exchange, 40
 * digits): 5e-9, far below the rounding of a float. ln 2 comes in two parts, the first with zeros
 * at its end, so that n times it is exact.
 *
 * <p>Largest relative errors, measured over every 17th float whose result is a normal number: exp
 * 8.5e-8 (1.04 ulp), sigmoid 1.8e-7, tanh 1.8e-7. Denormal results are off by at most two of their
 * steps.
 */
final class Functions {
  private static final float LOG2_E = 1.44269504f;
  private static final float LN2_HIGH = 0.693359375f;
  private static final float LN2_LOW = -2.12194440e-4f;

  /** Adding 1.5 * 2^23 rounds to an integer and leaves it in the low bits. */
  private static final float ROUNDER = 12582912f;

  private static final int ROUNDER_BITS = Float.floatToRawIntBits(ROUNDER);

  private static final float Q0 = 0.500000006265f;
  private static final float Q1 = 0.166665420486f;
  private static final float Q2 = 0.0416662790909f;
  private static final float Q3 = 0.00836671063257f;
  private static final float Q4 = 0.00139466694679f;

  private static final int EXPONENT_ONE = 127;
  private static final int MANTISSA_BITS = 23;

  private Functions() {}

  /** e^x over the whole range: denormal results are rounded once, NaN stays. */
  static FloatVector exp(FloatVector x) {
    // Beyond these the result is 0 or Infinity anyway, and n would leave its range.
    x = x.blend(-105f, x.compare(VectorOperators.LT, -105f));
    x = x.blend(90f, x.compare(VectorOperators.GT, 90f));
    FloatVector rounded = x.fma(broadcast(LOG2_E), broadcast(ROUNDER));
    IntVector n = rounded.reinterpretAsInts().sub(ROUNDER_BITS);
    FloatVector e = expMinusOne(reduce(x, rounded.sub(ROUNDER))).add(1f);
    // Two factors, because 2^n alone can be too large or too small for a float.
    IntVector half = n.lanewise(VectorOperators.ASHR, 1);
    return e.mul(powerOfTwo(half)).mul(powerOfTwo(n.sub(half)));
  }

  /** 1 / (1 + e^-x). Both signs go through e^-|x|, so small results keep their precision. */
  static FloatVector sigmoid(FloatVector x) {
    FloatVector e = exp(x.abs().neg());
    FloatVector numerator = e.blend(1f, x.compare(VectorOperators.GE, 0f));
    return numerator.div(e.add(1f));
  }

  /** The same of one number, in the same steps: the same bits as a lane. */
  static float sigmoid(float x) {
    float z = -Math.abs(x);
    z = z < -105f ? -105f : z;
    float rounded = Math.fma(z, LOG2_E, ROUNDER);
    int n = Float.floatToRawIntBits(rounded) - ROUNDER_BITS;
    float whole = rounded - ROUNDER;
    float r = Math.fma(whole, -LN2_LOW, Math.fma(whole, -LN2_HIGH, z));
    float q = Math.fma(Q4, r, Q3);
    q = Math.fma(q, r, Q2);
    q = Math.fma(q, r, Q1);
    q = Math.fma(q, r, Q0);
    int half = n >> 1;
    float e = (Math.fma(q * r, r, r) + 1f) * powerOfTwo(half) * powerOfTwo(n - half);
    return (x >= 0f ? 1f : e) / (e + 1f);
  }

  private static float powerOfTwo(int n) {
    return Float.intBitsToFloat((n + EXPONENT_ONE) << MANTISSA_BITS);
  }

  /** tanh |x| = (e^2|x| - 1) / (e^2|x| + 1), with e^.. - 1 formed without cancellation. */
  static FloatVector tanh(FloatVector x) {
    FloatVector t = x.abs().mul(2f);
    t = t.blend(30f, t.compare(VectorOperators.GT, 30f)); // 1 in float from 18 on
    FloatVector rounded = t.fma(broadcast(LOG2_E), broadcast(ROUNDER));
    FloatVector scale = powerOfTwo(rounded.reinterpretAsInts().sub(ROUNDER_BITS));
    FloatVector r = reduce(t, rounded.sub(ROUNDER));
    FloatVector e = expMinusOne(r).fma(scale, scale.sub(1f));
    FloatVector y = e.div(e.add(2f));
    // Take the sign from x bit by bit, so that -0 stays -0.
    IntVector sign = x.reinterpretAsInts().and(Integer.MIN_VALUE);
    return y.reinterpretAsInts().or(sign).reinterpretAsFloats();
  }

  /** x - n ln 2. */
  private static FloatVector reduce(FloatVector x, FloatVector n) {
    return n.fma(broadcast(-LN2_LOW), n.fma(broadcast(-LN2_HIGH), x));
  }

  /** e^r - 1 for a reduced r. */
  private static FloatVector expMinusOne(FloatVector r) {
    FloatVector q = broadcast(Q4);
    q = q.fma(r, broadcast(Q3));
    q = q.fma(r, broadcast(Q2));
    q = q.fma(r, broadcast(Q1));
    q = q.fma(r, broadcast(Q0));
    return q.mul(r).fma(r, r);
  }

  /** 2^n for n in -126 to 127. */
  private static FloatVector powerOfTwo(IntVector n) {
    return n.add(EXPONENT_ONE).lanewise(VectorOperators.LSHL, MANTISSA_BITS).reinterpretAsFloats();
  }

  private static FloatVector broadcast(float value) {
    return FloatVector.broadcast(FLOATS, value);
  }
}

package org.recallrank.kernels.simd.gemm;

import static jdk.incubator.vector.VectorOperators.LE;
import static org.recallrank.kernels.simd.Lanes.FLOATS;
import static org.recallrank.kernels.simd.Lanes.N;

import jdk.incubator.vector.FloatVector;

/**
 * The innermost loops of the product of one row and {@link Weights}: a stream of those rows of the
 * weights that are not multiplied by zero, half of them behind a ReLU.
 *
 * <p>Eight accumulators hide the latency of the multiply-add. Step q of the depth has element
 * {@code value[q]} of A and row {@code step[q]} of the weights. With a negative {@code count} there
 * is nothing to do. Sums are stored as in {@link WeightTiles}.
 */
final class WeightRowTiles {
  private WeightRowTiles() {}

  /** Four panels of two vectors. */
  static void by8(
      int count,
      float[] value,
      int[] step,
      float[] b,
      int bAt,
      int panel,
      float[] bias,
      int biasAt,
      float[] c,
      int cAt,
      boolean relu) {
    if (count < 0) {
      return;
    }
    FloatVector c0 = FloatVector.fromArray(FLOATS, bias, biasAt);
    FloatVector c1 = FloatVector.fromArray(FLOATS, bias, biasAt + N);
    FloatVector c2 = FloatVector.fromArray(FLOATS, bias, biasAt + 2 * N);
    FloatVector c3 = FloatVector.fromArray(FLOATS, bias, biasAt + 3 * N);
    FloatVector c4 = FloatVector.fromArray(FLOATS, bias, biasAt + 4 * N);
    FloatVector c5 = FloatVector.fromArray(FLOATS, bias, biasAt + 5 * N);
    FloatVector c6 = FloatVector.fromArray(FLOATS, bias, biasAt + 6 * N);
    FloatVector c7 = FloatVector.fromArray(FLOATS, bias, biasAt + 7 * N);
    for (int q = 0; q < count; q++) {
      FloatVector x = FloatVector.broadcast(FLOATS, value[q]);
      int at = bAt + step[q] * (2 * N);
      c0 = x.fma(FloatVector.fromArray(FLOATS, b, at), c0);
      c1 = x.fma(FloatVector.fromArray(FLOATS, b, at + N), c1);
      c2 = x.fma(FloatVector.fromArray(FLOATS, b, at + panel), c2);
      c3 = x.fma(FloatVector.fromArray(FLOATS, b, at + panel + N), c3);
      c4 = x.fma(FloatVector.fromArray(FLOATS, b, at + 2 * panel), c4);
      c5 = x.fma(FloatVector.fromArray(FLOATS, b, at + 2 * panel + N), c5);
      c6 = x.fma(FloatVector.fromArray(FLOATS, b, at + 3 * panel), c6);
      c7 = x.fma(FloatVector.fromArray(FLOATS, b, at + 3 * panel + N), c7);
    }
    FloatVector low = FloatVector.broadcast(FLOATS, relu ? 0 : Float.NEGATIVE_INFINITY);
    c0.blend(low, c0.compare(LE, low)).add(0f).intoArray(c, cAt);
    c1.blend(low, c1.compare(LE, low)).add(0f).intoArray(c, cAt + N);
    c2.blend(low, c2.compare(LE, low)).add(0f).intoArray(c, cAt + 2 * N);
    c3.blend(low, c3.compare(LE, low)).add(0f).intoArray(c, cAt + 3 * N);
    c4.blend(low, c4.compare(LE, low)).add(0f).intoArray(c, cAt + 4 * N);
    c5.blend(low, c5.compare(LE, low)).add(0f).intoArray(c, cAt + 5 * N);
    c6.blend(low, c6.compare(LE, low)).add(0f).intoArray(c, cAt + 6 * N);
    c7.blend(low, c7.compare(LE, low)).add(0f).intoArray(c, cAt + 7 * N);
  }

  /** One panel of two vectors. */
  static void by2(
      int count,
      float[] value,
      int[] step,
      float[] b,
      int bAt,
      float[] bias,
      int biasAt,
      float[] c,
      int cAt,
      boolean relu) {
    if (count < 0) {
      return;
    }
    FloatVector c0 = FloatVector.fromArray(FLOATS, bias, biasAt);
    FloatVector c1 = FloatVector.fromArray(FLOATS, bias, biasAt + N);
    for (int q = 0; q < count; q++) {
      FloatVector x = FloatVector.broadcast(FLOATS, value[q]);
      int at = bAt + step[q] * (2 * N);
      c0 = x.fma(FloatVector.fromArray(FLOATS, b, at), c0);
      c1 = x.fma(FloatVector.fromArray(FLOATS, b, at + N), c1);
    }
    FloatVector low = FloatVector.broadcast(FLOATS, relu ? 0 : Float.NEGATIVE_INFINITY);
    c0.blend(low, c0.compare(LE, low)).add(0f).intoArray(c, cAt);
    c1.blend(low, c1.compare(LE, low)).add(0f).intoArray(c, cAt + N);
  }

  /** One panel of one vector. */
  static void by1(
      int count,
      float[] value,
      int[] step,
      float[] b,
      int bAt,
      float[] bias,
      int biasAt,
      float[] c,
      int cAt,
      boolean relu) {
    if (count < 0) {
      return;
    }
    FloatVector c0 = FloatVector.fromArray(FLOATS, bias, biasAt);
    for (int q = 0; q < count; q++) {
      FloatVector x = FloatVector.broadcast(FLOATS, value[q]);
      int at = bAt + step[q] * N;
      c0 = x.fma(FloatVector.fromArray(FLOATS, b, at), c0);
    }
    FloatVector low = FloatVector.broadcast(FLOATS, relu ? 0 : Float.NEGATIVE_INFINITY);
    c0.blend(low, c0.compare(LE, low)).add(0f).intoArray(c, cAt);
  }
}

package org.recallrank.kernels.simd;

import static org.recallrank.kernels.simd.Lanes.INTS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import org.recallrank.kernels.CounterHash;

/** Dropout by {@link CounterHash#keep}, of a vector of neighbouring positions. */
final class DropoutMask {
  private static final IntVector IOTA = IntVector.zero(INTS).addIndex(1);

  private DropoutMask() {}

  /**
   * The elements of x at the kept ones of positions {@code index}, {@code index + 1}, ..., and 0 at
   * the others. By bits: a mask made of ints must be cast, and that the compiler boxes in a large
   * loop.
   */
  static FloatVector drop(FloatVector x, long seed, int index, int threshold) {
    IntVector h = mix(IOTA.add(index).lanewise(VectorOperators.XOR, (int) seed));
    h = mix(h.add((int) (seed >>> 32)));
    IntVector above = h.lanewise(VectorOperators.LSHR, 8).sub(threshold);
    IntVector dropped = above.lanewise(VectorOperators.ASHR, Integer.SIZE - 1); // all bits, or none
    return x.reinterpretAsInts().lanewise(VectorOperators.AND_NOT, dropped).reinterpretAsFloats();
  }

  private static IntVector mix(IntVector h) {
    h = h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, 16));
    h = h.mul(0x85ebca6b);
    h = h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, 13));
    h = h.mul(0xc2b2ae35);
    return h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, 16));
  }
}

package org.recallrank.kernels.simd;

import static org.recallrank.kernels.simd.Lanes.FLOATS;
import static org.recallrank.kernels.simd.Lanes.INTS;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import org.recallrank.kernels.CounterHash;

/** {@link CounterHash#keep} for a vector of neighbouring positions. */
final class DropoutMask {
  private static final IntVector IOTA = IntVector.zero(INTS).addIndex(1);

  private DropoutMask() {}

  /** Which of the positions {@code index}, {@code index + 1}, ... are kept. */
  static VectorMask<Float> keep(long seed, int index, int threshold) {
    IntVector h = mix(IOTA.add(index).lanewise(VectorOperators.XOR, (int) seed));
    h = mix(h.add((int) (seed >>> 32)));
    return h.lanewise(VectorOperators.LSHR, 8).compare(VectorOperators.GE, threshold).cast(FLOATS);
  }

  private static IntVector mix(IntVector h) {
    h = h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, 16));
    h = h.mul(0x85ebca6b);
    h = h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, 13));
    h = h.mul(0xc2b2ae35);
    return h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, 16));
  }
}

package org.recallrank.bench.ceilings;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The loops behind {@link Ceilings}. */
final class VectorLoops {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int ACCUMULATORS = 10;

  private VectorLoops() {}

  static double flopsPerSweep() {
    return 2.0 * ACCUMULATORS * SPECIES.length();
  }

  /**
   * Multiply-adds of registers. Two can start per cycle and each takes four, so that eight must be
   * on their way; ten leave some slack and spill nowhere.
   */
  static double multiplyAdds(int sweeps) {
    FloatVector x = FloatVector.broadcast(SPECIES, 0.999f);
    FloatVector y = FloatVector.broadcast(SPECIES, 0.1f);
    FloatVector s0 = FloatVector.broadcast(SPECIES, 0);
    FloatVector s1 = FloatVector.broadcast(SPECIES, 1);
    FloatVector s2 = FloatVector.broadcast(SPECIES, 2);
    FloatVector s3 = FloatVector.broadcast(SPECIES, 3);
    FloatVector s4 = FloatVector.broadcast(SPECIES, 4);
    FloatVector s5 = FloatVector.broadcast(SPECIES, 5);
    FloatVector s6 = FloatVector.broadcast(SPECIES, 6);
    FloatVector s7 = FloatVector.broadcast(SPECIES, 7);
    FloatVector s8 = FloatVector.broadcast(SPECIES, 8);
    FloatVector s9 = FloatVector.broadcast(SPECIES, 9);
    for (int i = 0; i < sweeps; i++) {
      s0 = s0.fma(x, y);
      s1 = s1.fma(x, y);
      s2 = s2.fma(x, y);
      s3 = s3.fma(x, y);
      s4 = s4.fma(x, y);
      s5 = s5.fma(x, y);
      s6 = s6.fma(x, y);
      s7 = s7.fma(x, y);
      s8 = s8.fma(x, y);
      s9 = s9.fma(x, y);
    }
    FloatVector low = s0.add(s1).add(s2).add(s3).add(s4);
    FloatVector high = s5.add(s6).add(s7).add(s8).add(s9);
    return low.add(high).reduceLanes(VectorOperators.ADD);
  }

  /** Sum of a block whose length is a multiple of four vectors, {@code sweeps} times. */
  static double sum(float[] block, int sweeps) {
    int step = SPECIES.length();
    double total = 0;
    for (int sweep = 0; sweep < sweeps; sweep++) {
      FloatVector s0 = FloatVector.zero(SPECIES);
      FloatVector s1 = FloatVector.zero(SPECIES);
      FloatVector s2 = FloatVector.zero(SPECIES);
      FloatVector s3 = FloatVector.zero(SPECIES);
      for (int i = 0; i < block.length; i += 4 * step) {
        s0 = s0.add(FloatVector.fromArray(SPECIES, block, i));
        s1 = s1.add(FloatVector.fromArray(SPECIES, block, i + step));
        s2 = s2.add(FloatVector.fromArray(SPECIES, block, i + 2 * step));
        s3 = s3.add(FloatVector.fromArray(SPECIES, block, i + 3 * step));
      }
      total += s0.add(s1).add(s2.add(s3)).reduceLanes(VectorOperators.ADD);
    }
    return total;
  }

  /** c = a + b. */
  static void add(float[] a, float[] b, float[] c, int from, int to) {
    int bound = from + SPECIES.loopBound(to - from);
    int i = from;
    for (; i < bound; i += SPECIES.length()) {
      FloatVector.fromArray(SPECIES, a, i)
          .add(FloatVector.fromArray(SPECIES, b, i))
          .intoArray(c, i);
    }
    for (; i < to; i++) {
      c[i] = a[i] + b[i];
    }
  }
}

package org.recallrank.bench.cases;

import java.util.SplittableRandom;

/** Seeded inputs, and the comparison of an output with what double precision gives. */
final class Oracle {
  /** Unit roundoff of float. */
  static final double EPSILON = 0x1p-24;

  private Oracle() {}

  /** Values of a standard normal distribution. */
  static float[] normals(SplittableRandom random, int n) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** Fails unless {@code found} is within {@code bound} of {@code expected}; NaN never is. */
  static void close(String what, int at, double found, double expected, double bound) {
    if (!(Math.abs(found - expected) <= bound)) {
      throw new AssertionError(
          what + "[" + at + "]: expected " + expected + " within " + bound + ", found " + found);
    }
  }
}

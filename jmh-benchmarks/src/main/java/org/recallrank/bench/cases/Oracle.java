package org.recallrank.bench.cases;

import java.util.BitSet;
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

  /** Positions from 0 to {@code bound - 1}, some of them repeated. */
  static int[] positions(SplittableRandom random, int n, int bound) {
    int[] values = new int[n];
    for (int i = 0; i < n; i++) {
      values[i] = random.nextInt(bound);
    }
    return values;
  }

  /** Signatures of random bits. */
  static long[] signatures(SplittableRandom random, int n, int words) {
    long[] values = new long[Math.multiplyExact(n, words)];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextLong();
    }
    return values;
  }

  /** Number of bits in which signature {@code i} of a differs from signature {@code j} of b. */
  static int hamming(long[] a, int i, long[] b, int j, int words) {
    int distance = 0;
    for (int w = 0; w < words; w++) {
      distance += Long.bitCount(a[i * words + w] ^ b[j * words + w]);
    }
    return distance;
  }

  /** How many different values there are among n from 0 to {@code bound - 1}. */
  static int distinct(int[] values, int bound) {
    BitSet seen = new BitSet(bound);
    for (int value : values) {
      seen.set(value);
    }
    return seen.cardinality();
  }

  /** Fails unless {@code found} is {@code expected}. */
  static void same(String what, int at, long found, long expected) {
    if (found != expected) {
      throw new AssertionError(what + "[" + at + "]: expected " + expected + ", found " + found);
    }
  }

  /** Fails unless {@code found} is within {@code bound} of {@code expected}; NaN never is. */
  static void close(String what, int at, double found, double expected, double bound) {
    if (!(Math.abs(found - expected) <= bound)) {
      throw new AssertionError(
          what + "[" + at + "]: expected " + expected + " within " + bound + ", found " + found);
    }
  }
}

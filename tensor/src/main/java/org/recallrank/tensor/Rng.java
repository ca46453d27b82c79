package org.recallrank.tensor;

/**
 * A seeded random generator that splits into independent ones by name, so that what one part of a
 * program draws never depends on how much another has drawn.
 *
 * <p>SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, OOPSLA 2014):
 * the state advances by the golden-ratio constant, the output is its 64-bit mix. Everything derived
 * here uses {@link StrictMath}, so the numbers are the same on every machine. Serves one thread at
 * a time.
 */
public final class Rng {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private long state;

  /** A generator whose numbers follow from the seed alone. */
  public Rng(long seed) {
    state = mix(seed + GOLDEN);
  }

  /** A generator that depends on this one's state and the name only; this one does not advance. */
  public Rng split(String name) {
    long h = state;
    for (int i = 0; i < name.length(); i++) {
      h = mix(h + GOLDEN + name.charAt(i));
    }
    return new Rng(h);
  }

  /**
   * A generator that depends on this one's state and the number only; this one does not advance.
   */
  public Rng split(long number) {
    return new Rng(mix(state ^ mix(number + GOLDEN)));
  }

  /** The next 64 random bits. */
  public long nextLong() {
    state += GOLDEN;
    return mix(state);
  }

  /** Uniform in 0 .. bound - 1, without modulo bias. */
  public int nextInt(int bound) {
    if (bound <= 0) {
      throw new IllegalArgumentException("bound must be positive: " + bound);
    }
    while (true) {
      long product = (nextLong() >>> 32) * bound;
      if ((product & 0xFFFFFFFFL) >= Integer.remainderUnsigned(-bound, bound)) {
        return (int) (product >>> 32);
      }
    }
  }

  /** Uniform in [0, 1), 53 bits. */
  public double nextDouble() {
    return (nextLong() >>> 11) * 0x1p-53;
  }

  /** Standard normal, by the polar method of Marsaglia (the second value is dropped). */
  public double nextGaussian() {
    while (true) {
      double u = 2 * nextDouble() - 1;
      double v = 2 * nextDouble() - 1;
      double s = u * u + v * v;
      if (s < 1 && s > 0) {
        return u * StrictMath.sqrt(-2 * StrictMath.log(s) / s);
      }
    }
  }

  /** Shuffles positions from .. to - 1 (Fisher, Yates). */
  public void shuffle(int[] values, int from, int to) {
    for (int i = to - 1; i > from; i--) {
      int j = from + nextInt(i - from + 1);
      int swap = values[i];
      values[i] = values[j];
      values[j] = swap;
    }
  }

  /**
   * SplitMix64's output function (Stafford's variant 13): a bijection of 64 bits in which every bit
   * of the input changes about half of the output.
   */
  public static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}

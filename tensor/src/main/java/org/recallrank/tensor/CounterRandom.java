package org.recallrank.tensor;

/**
 * Random numbers as a function of a seed and a counter: the n-th can be had without the ones before
 * it, and the bits never change between machines or Java versions.
 *
 * <p>Algorithm: SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators,
 * OOPSLA 2014) with the mixing constants of Stafford's variant 13. Number n of seed s is {@link
 * Rng#mix}(s + (n + 1) * 0x9e3779b97f4a7c15). A stream of its own for each purpose comes from
 * {@link #split}. Serves one thread at a time.
 */
public final class CounterRandom {
  private static final long GOLDEN = 0x9e3779b97f4a7c15L;

  private final long seed;
  private long counter;

  /** A stream at its first number, for the methods without {@code n}. Not thread safe. */
  public CounterRandom(long seed) {
    this.seed = seed;
  }

  /** A seed for purpose {@code stream}; two purposes share no numbers but by chance. */
  public static long split(long seed, long stream) {
    return Rng.mix(Rng.mix(seed + GOLDEN) ^ (stream * GOLDEN));
  }

  /** The n-th 64 random bits. */
  public static long bitsAt(long seed, long n) {
    return Rng.mix(seed + (n + 1) * GOLDEN);
  }

  /** The n-th number in [0, 1). */
  public static double unitAt(long seed, long n) {
    return (bitsAt(seed, n) >>> 11) * 0x1p-53;
  }

  /** The n-th number in [0, bound); its bias is below bound / 2^64. */
  static long belowAt(long seed, long n, long bound) {
    return Math.unsignedMultiplyHigh(bitsAt(seed, n), bound);
  }

  /** The next number in [0, bound). */
  public long below(long bound) {
    return belowAt(seed, counter++, bound);
  }

  /** The next number in [0, 1). */
  public double unit() {
    return unitAt(seed, counter++);
  }
}

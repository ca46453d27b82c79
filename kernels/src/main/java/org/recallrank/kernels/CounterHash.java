package org.recallrank.kernels;

/**
 * Random bits as a function of a seed and a position, so that a mask is the same for every thread
 * count and backend and need not be stored.
 *
 * <p>The position is mixed with the two halves of the seed by the 32-bit finalizer of MurmurHash3
 * (Appleby, public domain), applied twice.
 */
public final class CounterHash {
  private CounterHash() {}

  /** 32 random bits for position {@code index}. */
  public static int bits(long seed, int index) {
    return mix(mix(index ^ (int) seed) + (int) (seed >>> 32));
  }

  /** Whether dropout with probability p keeps position {@code index}. */
  public static boolean keep(long seed, int index, float p) {
    return (bits(seed, index) >>> 8) >= threshold(p);
  }

  /** The 24-bit threshold below which a position is dropped. */
  public static int threshold(float p) {
    return Math.round(p * (1 << 24));
  }

  private static int mix(int h) {
    h ^= h >>> 16;
    h *= 0x85ebca6b;
    h ^= h >>> 13;
    h *= 0xc2b2ae35;
    return h ^ (h >>> 16);
  }
}

package org.recallrank.bench.ceilings;

import java.util.Arrays;
import java.util.function.DoubleSupplier;
import org.recallrank.kernels.Workers;

/**
 * The machine's limits with some threads.
 *
 * @param flops single-precision operations per second from registers, a multiply-add being two
 * @param l2 bytes per second read from a block that stays in the L2 cache
 * @param copyAdd bytes per second of c = a + b over big arrays, 12 counted per element (the bus
 *     carries 16 where a written line is read first)
 * @param update bytes per second of c = a + c, where it is 12
 */
public record Ceilings(int threads, double flops, double l2, double copyAdd, double update) {
  private static final int REGISTER_SWEEPS = 1 << 12;
  private static final int REGISTER_CHUNKS = 64;
  private static final int L2_FLOATS = 1 << 16; // 256 KB: more than any L1, less than most L2
  private static final int L2_SWEEPS = 64;
  private static final int CHUNK = 1 << 16;

  /**
   * Measures, for some {@code seconds} per limit.
   *
   * @param big floats of each of three arrays; must be far beyond the last cache
   */
  public static Ceilings measure(Workers workers, double seconds, int big) {
    int threads = workers.threads();
    double[] sink = new double[Math.max(REGISTER_CHUNKS, threads)];
    double flops =
        best(
            seconds,
            (double) REGISTER_CHUNKS * REGISTER_SWEEPS * VectorLoops.flopsPerSweep(),
            () -> {
              workers.forChunks(
                  REGISTER_CHUNKS, c -> sink[c] = VectorLoops.multiplyAdds(REGISTER_SWEEPS));
              return sink[0];
            });
    float[][] blocks = new float[threads][L2_FLOATS];
    double l2 =
        best(
            seconds,
            (double) threads * L2_SWEEPS * Float.BYTES * L2_FLOATS,
            () -> {
              workers.forChunks(threads, c -> sink[c] = VectorLoops.sum(blocks[c], L2_SWEEPS));
              return sink[0];
            });
    float[] a = new float[big];
    float[] b = new float[big];
    float[] c = new float[big];
    Arrays.fill(a, 1);
    double bytes = 3.0 * Float.BYTES * big;
    double copyAdd =
        best(
            seconds,
            bytes,
            () -> {
              workers.forRanges(big, CHUNK, (from, to) -> VectorLoops.add(a, b, c, from, to));
              return c[0];
            });
    double update =
        best(
            seconds,
            bytes,
            () -> {
              workers.forRanges(big, CHUNK, (from, to) -> VectorLoops.add(a, c, c, from, to));
              return c[0];
            });
    return new Ceilings(threads, flops, l2, copyAdd, update);
  }

  /** Bytes per second from and to memory: the better of the two ways to stream. */
  public double bandwidth() {
    return Math.max(copyAdd, update);
  }

  /** Operations per second that work of this intensity (operations per byte) can reach. */
  public double roof(double intensity) {
    return Math.min(flops, intensity * bandwidth());
  }

  /** The most work per second of all repetitions: a ceiling is what nothing has stopped. */
  private static double best(double seconds, double work, DoubleSupplier loop) {
    double least = Double.POSITIVE_INFINITY;
    double sum = 0;
    long start = System.nanoTime();
    long now = start;
    while (now - start < 1e9 * seconds) {
      sum += loop.getAsDouble();
      long end = System.nanoTime();
      least = Math.min(least, end - now);
      now = end;
    }
    if (Double.isNaN(sum)) {
      throw new AssertionError("a ceiling's loop computed NaN");
    }
    return 1e9 * work / least;
  }
}

package org.recallrank.kernels.simd.gemm;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.LockSupport;

/**
 * Calls this machine's tiles of the matrix product with nothing to do, just often enough that the
 * JVM tries to compile it now.
 *
 * <p>Why: only HotSpot's optimising compiler (C2) turns the Vector API into vector instructions. On
 * the way there a method is first compiled by the quick compiler (C1), with profiling. The tiles
 * are too much for C1 with profiling ("out of virtual registers"); it gives up at once, and the
 * interpreter profiles the method until C2 takes it: that is fine. But while many methods wait for
 * C2, which is what a program looks like that starts to compute, HotSpot has C1 compile without
 * profiling, meaning to add it later. That works, adding it later does not, and the method stays in
 * such code for ever, a hundred times too slow. So the attempt with profiling must come early,
 * while no queue has built up. (The flag -XX:Tier3DelayOn=100000 prevents it, too.)
 */
public final class TilePriming {
  /** HotSpot looks at a method every 128 calls and compiles it from 200 on; C2 comes at 5000. */
  private static final int CALLS = 256;

  /** Several rounds with pauses, because the thresholds rise while a queue is long. */
  private static final int ROUNDS = 8;

  private static final long PAUSE_NANOS = 2_000_000;

  private TilePriming() {}

  public static void run() {
    float[] x = new float[0];
    int[] steps = new int[0];
    MemorySegment b = MemorySegment.NULL;
    for (int round = 0; round < ROUNDS; round++) {
      for (int i = 0; i < CALLS; i++) {
        WeightTiles.by1(0, 0, x, 0, 0, x, 0, x, 0, x, 0, 0, false);
        WeightTiles.by2(0, 0, x, 0, 0, x, 0, x, 0, x, 0, 0, false);
        WeightRowTiles.by1(-1, x, steps, x, 0, x, 0, x, 0, false);
        WeightRowTiles.by2(-1, x, steps, x, 0, x, 0, x, 0, false);
        WeightRowTiles.by8(-1, x, steps, x, 0, 0, x, 0, x, 0, false);
        if (Blocking.WIDE) {
          GemmTiles.by1(0, 0, x, 0, b, 0, x, 0, 0, x, 0, 0);
          GemmTiles.by2(0, 0, x, 0, b, 0, x, 0, 0, x, 0, 0);
          GemmTiles.by3(0, 0, x, 0, b, 0, x, 0, 0, x, 0, 0);
          DirectTiles.twoBy1(0, 0, x, 0, x, 0, 1, x, 0, 0, x, 0, 0);
          DirectTiles.twoBy2(0, 0, x, 0, x, 0, 1, x, 0, 0, x, 0, 0);
          DirectTiles.twoBy3(0, 0, x, 0, x, 0, 1, x, 0, 0, x, 0, 0);
          DirectTiles.eightBy1(0, 0, x, 0, x, 0, 1, x, 0, 0, x, 0, 0);
          DirectTiles.eightBy2(0, 0, x, 0, x, 0, 1, x, 0, 0, x, 0, 0);
          DirectTiles.eightBy3(0, 0, x, 0, x, 0, 1, x, 0, 0, x, 0, 0);
        } else {
          NarrowTiles.by1(0, 0, x, 0, 0, x, 0, x, 0, 0, x, 0, 0);
          NarrowTiles.by2(0, 0, x, 0, 0, x, 0, x, 0, 0, x, 0, 0);
          NarrowPackedTiles.by1(0, 0, x, 0, 0, x, 0, x, 0, 0, x, 0, 0);
          NarrowPackedTiles.by2(0, 0, x, 0, 0, x, 0, x, 0, 0, x, 0, 0);
        }
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }
}

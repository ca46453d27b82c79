package org.recallrank.kernels.simd.gemm;

import static org.recallrank.kernels.simd.gemm.Blocking.WIDE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Memory for packed panels, of the kind that the tiles of this machine read best.
 *
 * <p>For wide vectors it lies outside the heap, because there it can start on a cache line; arrays
 * cannot, and a load that crosses two lines costs two. For narrow ones it is an array, because its
 * bounds checks leave the loop.
 */
final class PanelMemory {
  private static final long CACHE_LINE = 64;

  /** Null for wide vectors. */
  float[] array = WIDE ? null : new float[0];

  /** Null for narrow vectors. */
  MemorySegment segment = WIDE ? MemorySegment.NULL : null;

  /** Makes room; the contents are lost. */
  void reserve(int floats) {
    if (WIDE) {
      long bytes = (long) floats * Float.BYTES;
      if (segment.byteSize() < bytes) {
        segment = Arena.ofAuto().allocate(bytes, CACHE_LINE);
      }
    } else if (array.length < floats) {
      array = new float[floats];
    }
  }

  /** Writes one float. */
  void put(int at, float x) {
    if (WIDE) {
      segment.set(ValueLayout.JAVA_FLOAT, (long) at * Float.BYTES, x);
    } else {
      array[at] = x;
    }
  }
}

package org.recallrank.bench.peers;

import java.lang.foreign.MemorySegment;

/** A single-precision matrix product of a native library. */
public interface Sgemm {
  /** Name, version and the kernel that this processor gets. */
  String description();

  /**
   * C = op(A) op(B), C [m, n], k terms per element; row-major, leading dimensions in floats.
   *
   * <p>After a call with several threads, the library's own ones wait actively for more work (some
   * 30 ms in OpenBLAS): give them time to sleep before something else is measured.
   *
   * @param a off the heap, best on a cache line; so are b and c
   * @param threads how many threads the library may use
   */
  void sgemm(
      boolean transposeA,
      boolean transposeB,
      int m,
      int n,
      int k,
      MemorySegment a,
      int lda,
      MemorySegment b,
      int ldb,
      MemorySegment c,
      int ldc,
      int threads);
}

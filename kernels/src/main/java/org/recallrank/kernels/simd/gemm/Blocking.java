package org.recallrank.kernels.simd.gemm;

import static org.recallrank.kernels.simd.Lanes.N;

/** How a matrix product is cut for the vectors and registers of this machine. */
final class Blocking {
  /**
   * Vectors of 512 bits come with 32 registers, and a load of one that is not aligned costs two; of
   * narrower ones count on 16 registers, and alignment matters little.
   */
  static final boolean WIDE = N >= 16;

  /** Vectors of the widest panel of B: as many as there are registers for. */
  static final int PANEL = WIDE ? 3 : 2;

  /**
   * Most steps of depth per block: a panel of B and the tile's rows of A stay in L1 or are fetched
   * from L2 fast enough. Each further block reads and writes C once more.
   */
  static final int DEPTH = WIDE ? 400 : 240;

  /**
   * The same where a B that is larger than the caches is read in place: its rows are walked in
   * pieces as wide as a panel, and few enough of them at a time that their pages stay at hand.
   */
  static final int DIRECT_DEPTH = 96;

  /** Most rows of C per chunk: their part of A, for one block of depth, stays in L2. */
  static final int ROWS = WIDE ? 96 : 192;

  private Blocking() {}
}

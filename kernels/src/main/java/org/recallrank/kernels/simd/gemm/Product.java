package org.recallrank.kernels.simd.gemm;

import static org.recallrank.kernels.simd.Lanes.N;
import static org.recallrank.kernels.simd.gemm.Blocking.WIDE;

import java.util.Arrays;
import org.recallrank.kernels.MatMulKernel.Activation;
import org.recallrank.kernels.MatMulKernel.Epilogue;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.Vec;
import org.recallrank.kernels.Workers;

/**
 * One matrix product: how it is cut, and what its chunks share. Kept by the calling thread from
 * product to product.
 *
 * <p>The work is cut into blocks of rows by groups of panels; see {@link Chunk}.
 */
final class Product {
  /** Multiply-adds that make a chunk worth handing to another thread. */
  private static final long CHUNK_WORK = 1 << 19;

  /** Chunks that keep some threads evenly busy; no more are cut of what could be fewer. */
  private static final int ENOUGH_CHUNKS = 8;

  /** Rows of a chunk down to which they are lessened to have enough chunks. */
  private static final int FEWEST_ROWS = 48;

  /** Most rows of a product that reads B where it lies. */
  private static final int DIRECT_ROWS = 96;

  /** Floats of B that are packed at a time: they stay in the caches. */
  private static final int PACK_AT_ONCE = 1 << 19;

  /** Panels of a group that make packing A for it cheap. */
  private static final int PANELS_PER_PACKED_A = 3;

  /** Blocks of rows up to which each packs the panels for itself, in its own cache. */
  private static final int LOCAL_BLOCKS = 4;

  /** Elements of B below which it is packed by one thread. */
  private static final int PACK_WORK = 1 << 15;

  /** Computes a chunk, with what the thread keeps for it. */
  final Workers.Range chunk;

  private final Workers.Range packing = this::pack;

  Matrix a;
  Matrix c;
  float beta;
  boolean relu;
  boolean hasBias;

  /** The bias, and zeros up to whole vectors. */
  float[] bias = new float[0];

  final PackedPanels panels = new PackedPanels();

  /** The panels of a round, unless each chunk packs its own. */
  final PanelMemory shared = new PanelMemory();

  boolean packsRows;
  boolean packsLocally;

  /** Whether B is read where it lies, but for a panel that sticks out of it. */
  boolean direct;

  int chunkRows;

  /** Of panels; each with each block of rows is a chunk. */
  int groups;

  /** Blocks of depth of this round: from .. */
  int firstBlock;

  /** .. and to, exclusive. */
  int endBlock;

  /** Where the first panel of this round starts. */
  private int base;

  Product(ThreadLocal<Chunk> chunks) {
    chunk = (from, to) -> chunks.get().compute(this, from);
  }

  void take(Matrix a, Matrix b, Matrix c, Epilogue epilogue, float alpha, float beta) {
    this.a = a;
    this.c = c;
    this.beta = beta;
    panels.layOut(b, alpha);
    relu = epilogue.activation() == Activation.RELU;
    Vec given = epilogue.bias();
    hasBias = given != null;
    int n = c.cols();
    if (bias.length < n + N) {
      bias = new float[n + N];
    }
    Arrays.fill(bias, 0, n + N, 0);
    if (hasBias) {
      System.arraycopy(given.data(), given.offset(), bias, 0, n);
    }
  }

  /** Lets go of the caller's arrays. */
  void forget() {
    panels.forget();
    a = null;
    c = null;
  }

  /**
   * Cuts the product into chunks, by its size alone.
   *
   * @return how many chunks there are
   */
  int cut() {
    int m = c.rows();
    packsRows = WIDE || a.columnStep() != 1;
    int tile = packsRows ? PackedRows.ROWS : NarrowTiles.ROWS;
    int enough = Math.max(FEWEST_ROWS, Workers.chunks(m, ENOUGH_CHUNKS));
    int most = Math.min(Blocking.ROWS, enough);
    chunkRows = Workers.chunks(Workers.chunks(m, Workers.chunks(m, most)), tile) * tile;
    chunkRows = Math.min(chunkRows, Blocking.ROWS);
    int rowBlocks = Workers.chunks(m, chunkRows);
    direct = WIDE && m <= DIRECT_ROWS && panels.canBeReadInPlace();
    if (direct && panels.size() > PACK_AT_ONCE) {
      panels.cutDepth(Blocking.DIRECT_DEPTH);
    }
    packsLocally = direct || rowBlocks <= (panels.transposes() ? 1 : LOCAL_BLOCKS);
    long work = chunkRows * panels.sizeOfWidest() * panels.count();
    int mostGroups = packsRows ? panels.count() / PANELS_PER_PACKED_A : panels.count();
    groups = 1;
    while (rowBlocks * groups < ENOUGH_CHUNKS
        && 2 * groups <= mostGroups
        && work / (2 * groups) >= CHUNK_WORK) {
      groups *= 2;
    }
    return rowBlocks * groups;
  }

  /**
   * How many rounds of packing and computing it takes: one, unless B is so large that it is packed
   * a block of depth at a time.
   */
  int rounds() {
    return packsLocally || panels.size() <= PACK_AT_ONCE ? 1 : panels.blocks();
  }

  /** Begins a round: packs its part of B if that is not left to the chunks. */
  void begin(int round, Workers workers) {
    firstBlock = panels.blocks() * round / rounds();
    endBlock = panels.blocks() * (round + 1) / rounds();
    if (packsLocally) {
      return;
    }
    base = panels.address(firstBlock, 0);
    shared.reserve(panels.address(endBlock, 0) - base);
    int count = panels.count();
    int grain = Math.clamp(PACK_WORK / Math.max(1L, panels.sizeOfWidest()), 1, count);
    workers.forRanges(count, grain, packing);
  }

  /** Some panels of this round, for all chunks. */
  private void pack(int from, int to) {
    for (int panel = from; panel < to; panel++) {
      for (int block = firstBlock; block < endBlock; block++) {
        panels.pack(block, panel, panel + 1, shared, panels.address(block, panel) - base);
      }
    }
  }
}

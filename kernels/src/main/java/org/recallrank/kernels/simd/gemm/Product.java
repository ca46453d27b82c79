package org.recallrank.kernels.simd.gemm;

import static org.recallrank.kernels.simd.Lanes.FLOATS;
import static org.recallrank.kernels.simd.Lanes.N;
import static org.recallrank.kernels.simd.gemm.Blocking.WIDE;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import org.recallrank.kernels.MatMulKernel.Activation;
import org.recallrank.kernels.Workers;
import org.recallrank.kernels.simd.Lanes;

/**
 * One matrix product: how it is cut, and what its chunks share. Kept by the calling thread from
 * product to product.
 *
 * <p>The work is cut into blocks of rows by groups of panels. In a chunk the block of depth is the
 * outer loop, then the panel (which stays in the caches), then the tiles down the rows.
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

  /** Work memory of a thread that computes chunks. */
  static final class Scratch {
    /** A block of depth of A, if it must be packed. */
    float[] rows = new float[0];

    /** A panel of C for the last panel, if that sticks out of C. */
    final float[] edge = new float[Blocking.ROWS * Blocking.PANEL * N];

    /** A block of depth of some panels of B, unless all are packed beforehand. */
    final PanelMemory panels = new PanelMemory();
  }

  private final PackedPanels panels = new PackedPanels();
  private final PanelMemory shared = new PanelMemory();

  /** The bias, and zeros up to whole vectors. */
  private float[] bias = new float[0];

  private boolean hasBias;
  private int m;
  private int n;
  private boolean relu;
  private float[] a;
  private int aOffset;
  private int aRow;
  private int aCol;
  private float beta;
  private float[] c;
  private int cOffset;
  private int ldc;

  private boolean packsRows;
  private boolean packsLocally;
  private boolean direct;
  private int chunkRows;
  private int groups;
  private int firstBlock;
  private int endBlock;

  void takeA(boolean transposed, float[] a, int aOffset, int lda) {
    this.a = a;
    this.aOffset = aOffset;
    aRow = transposed ? 1 : lda;
    aCol = transposed ? lda : 1;
  }

  void takeB(int k, int n, boolean transposed, float alpha, float[] b, int bOffset, int ldb) {
    panels.layOut(k, n, transposed, alpha, b, bOffset, ldb);
  }

  void takeC(int m, int n, float beta, float[] c, int cOffset, int ldc) {
    this.m = m;
    this.n = n;
    this.beta = beta;
    this.c = c;
    this.cOffset = cOffset;
    this.ldc = ldc;
  }

  void takeBias(float[] given, int offset, int n, Activation activation) {
    if (bias.length < n + N) {
      bias = new float[n + N];
    }
    Arrays.fill(bias, 0, n + N, 0);
    hasBias = given != null;
    if (hasBias) {
      System.arraycopy(given, offset, bias, 0, n);
    }
    relu = activation == Activation.RELU;
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
  int cut(boolean transposeB) {
    packsRows = WIDE || aCol != 1;
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
    packsLocally = direct || rowBlocks <= (transposeB ? 1 : LOCAL_BLOCKS);
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
    int base = panels.address(firstBlock, 0);
    shared.reserve(panels.address(endBlock, 0) - base);
    int count = panels.count();
    int grain = Math.clamp(PACK_WORK / Math.max(1L, panels.sizeOfWidest()), 1, count);
    if (count <= grain) { // mostly: no lambda
      pack(0, count, base);
    } else {
      workers.forRanges(count, grain, (from, to) -> pack(from, to, base));
    }
  }

  /** Some panels of this round, for all chunks; {@code base} is where the round's first starts. */
  private void pack(int from, int to, int base) {
    for (int panel = from; panel < to; panel++) {
      for (int block = firstBlock; block < endBlock; block++) {
        panels.pack(block, panel, panel + 1, shared, panels.address(block, panel) - base);
      }
    }
  }

  /** Computes one chunk of a round. */
  void compute(int chunk, Scratch scratch) {
    int row = chunk / groups * chunkRows;
    int group = chunk % groups;
    multiply(
        aOffset + row * aRow,
        cOffset + row * ldc,
        Math.min(chunkRows, m - row),
        (int) ((long) panels.count() * group / groups),
        (int) ((long) panels.count() * (group + 1) / groups),
        scratch);
  }

  /** Some rows of C in the columns of some panels. */
  private void multiply(int aAt, int cAt, int rows, int firstPanel, int endPanel, Scratch scratch) {
    int firstColumn = panels.start(firstPanel) * N;
    int columns = Math.min(n, panels.start(endPanel) * N) - firstColumn;
    if (firstBlock == 0 && beta != 0 && (beta != 1 || hasBias)) {
      scaleAndAddBias(cAt + firstColumn, rows, firstColumn, columns);
    }
    boolean sticksOut = panels.start(endPanel) * N > n;
    int edgePanel = sticksOut ? endPanel - 1 : endPanel;
    int edgeColumn = panels.start(edgePanel) * N;
    int edgeWidth = panels.start(endPanel) * N - edgeColumn;
    float[] edge = scratch.edge;
    if (sticksOut && (firstBlock > 0 || beta != 0)) {
      copyRows(c, cAt + edgeColumn, ldc, edge, 0, edgeWidth, rows, n - edgeColumn);
    }
    int firstPacked = direct ? edgePanel : firstPanel;
    for (int block = firstBlock; block < endBlock; block++) {
      if (packsRows) {
        packRows(block, aAt, rows, scratch);
      }
      if (packsLocally && firstPacked < endPanel) {
        int base = panels.address(block, firstPacked);
        scratch.panels.reserve(panels.address(block, endPanel) - base);
        panels.pack(block, firstPacked, endPanel, scratch.panels, 0);
      }
      for (int panel = firstPanel; panel < edgePanel; panel++) {
        tiles(block, panel, firstPacked, aAt, rows, c, cAt + panels.start(panel) * N, ldc, scratch);
      }
      if (sticksOut) {
        tiles(block, edgePanel, firstPacked, aAt, rows, edge, 0, edgeWidth, scratch);
      }
    }
    if (sticksOut) {
      copyRows(edge, 0, edgeWidth, c, cAt + edgeColumn, ldc, rows, n - edgeColumn);
    }
  }

  private void scaleAndAddBias(int cAt, int rows, int firstColumn, int columns) {
    for (int i = 0; i < rows; i++) {
      int at = cAt + i * ldc;
      for (int j = 0; j < columns; j++) {
        c[at + j] = beta * c[at + j] + bias[firstColumn + j];
      }
    }
  }

  private static void copyRows(
      float[] from, int fromAt, int ldFrom, float[] to, int toAt, int ldTo, int rows, int cols) {
    for (int i = 0; i < rows; i++) {
      System.arraycopy(from, fromAt + i * ldFrom, to, toAt + i * ldTo, cols);
    }
  }

  private void packRows(int block, int aAt, int rows, Scratch scratch) {
    int from = panels.blockStart(block);
    int depth = panels.blockStart(block + 1) - from;
    int size = PackedRows.size(rows, depth);
    if (scratch.rows.length < size) {
      scratch.rows = new float[size];
    }
    if (aCol == 1) {
      PackedRows.turn(rows, depth, a, aAt + from, aRow, scratch.rows);
    } else {
      PackedRows.copy(rows, depth, a, aAt + from * aCol, aCol, scratch.rows);
    }
  }

  /** The tiles of one panel and one block of depth, down the rows of {@code to}. */
  private void tiles(
      int block,
      int panel,
      int firstPacked,
      int aAt,
      int rows,
      float[] to,
      int toAt,
      int ldTo,
      Scratch scratch) {
    int blockStart = panels.blockStart(block);
    int depth = panels.blockStart(block + 1) - blockStart;
    PanelMemory b = packsLocally ? scratch.panels : shared;
    int bAt =
        panels.address(block, panel)
            - (packsLocally ? panels.address(block, firstPacked) : panels.address(firstBlock, 0));
    int width = panels.width(panel);
    boolean continues = block > 0 || beta != 0;
    float[] start = continues ? to : bias;
    int startAt = continues ? toAt : panels.start(panel) * N;
    int ldStart = continues ? ldTo : 0;
    if (direct && panel < firstPacked) {
      direct(
          width,
          depth,
          scratch.rows,
          panels.source(),
          panels.sourceAt(block, panel),
          panels.sourceStep(),
          rows,
          start,
          startAt,
          ldStart,
          to,
          toAt,
          ldTo);
    } else if (WIDE) {
      wide(width, depth, scratch.rows, b, bAt, rows, start, startAt, ldStart, to, toAt, ldTo);
    } else if (packsRows) {
      packed(width, depth, scratch.rows, b, bAt, rows, start, startAt, ldStart, to, toAt, ldTo);
    } else {
      int ai = aAt + blockStart * aCol;
      narrow(width, depth, ai, b, bAt, rows, start, startAt, ldStart, to, toAt, ldTo);
    }
    if (relu && block == panels.blocks() - 1) {
      relu(to, toAt, ldTo, rows, width);
    }
  }

  /** While the tiles of a panel are still in the first cache. */
  private static void relu(float[] c, int cAt, int ldc, int rows, int width) {
    for (int i = 0; i < rows; i++) {
      for (int v = 0; v < width; v++) {
        int at = cAt + i * ldc + v * N;
        Lanes.relu(FloatVector.fromArray(FLOATS, c, at)).intoArray(c, at);
      }
    }
  }

  private static void wide(
      int width,
      int depth,
      float[] packedRows,
      PanelMemory panel,
      int panelAt,
      int rows,
      float[] start,
      int startAt,
      int ldStart,
      float[] to,
      int toAt,
      int ldTo) {
    var b = panel.segment;
    long bAt = (long) panelAt * Float.BYTES;
    for (int i = 0; i < rows; i += GemmTiles.ROWS) {
      int left = Math.min(GemmTiles.ROWS, rows - i);
      int ai = PackedRows.tileAt(i, depth);
      int si = startAt + i * ldStart;
      int ti = toAt + i * ldTo;
      switch (width) {
        case 1 ->
            GemmTiles.by1(left, depth, packedRows, ai, b, bAt, start, si, ldStart, to, ti, ldTo);
        case 2 ->
            GemmTiles.by2(left, depth, packedRows, ai, b, bAt, start, si, ldStart, to, ti, ldTo);
        default ->
            GemmTiles.by3(left, depth, packedRows, ai, b, bAt, start, si, ldStart, to, ti, ldTo);
      }
    }
  }

  /** The tiles of a panel of B that is read where it lies. */
  private static void direct(
      int width,
      int depth,
      float[] packedRows,
      float[] b,
      int bAt,
      int ldb,
      int rows,
      float[] start,
      int startAt,
      int ldStart,
      float[] to,
      int toAt,
      int ldTo) {
    for (int i = 0; i < rows; i += GemmTiles.ROWS) {
      int left = Math.min(GemmTiles.ROWS, rows - i);
      int ai = PackedRows.tileAt(i, depth);
      int si = startAt + i * ldStart;
      int ti = toAt + i * ldTo;
      if (left <= 2) {
        switch (width) {
          case 1 ->
              DirectTiles.twoBy1(
                  left, depth, packedRows, ai, b, bAt, ldb, start, si, ldStart, to, ti, ldTo);
          case 2 ->
              DirectTiles.twoBy2(
                  left, depth, packedRows, ai, b, bAt, ldb, start, si, ldStart, to, ti, ldTo);
          default ->
              DirectTiles.twoBy3(
                  left, depth, packedRows, ai, b, bAt, ldb, start, si, ldStart, to, ti, ldTo);
        }
      } else {
        switch (width) {
          case 1 ->
              DirectTiles.eightBy1(
                  left, depth, packedRows, ai, b, bAt, ldb, start, si, ldStart, to, ti, ldTo);
          case 2 ->
              DirectTiles.eightBy2(
                  left, depth, packedRows, ai, b, bAt, ldb, start, si, ldStart, to, ti, ldTo);
          default ->
              DirectTiles.eightBy3(
                  left, depth, packedRows, ai, b, bAt, ldb, start, si, ldStart, to, ti, ldTo);
        }
      }
    }
  }

  private void narrow(
      int width,
      int depth,
      int aAt,
      PanelMemory panel,
      int bAt,
      int rows,
      float[] start,
      int startAt,
      int ldStart,
      float[] to,
      int toAt,
      int ldTo) {
    float[] b = panel.array;
    for (int i = 0; i < rows; i += NarrowTiles.ROWS) {
      int left = Math.min(NarrowTiles.ROWS, rows - i);
      int ai = aAt + i * aRow;
      int si = startAt + i * ldStart;
      int ti = toAt + i * ldTo;
      if (width == 1) {
        NarrowTiles.by1(left, depth, a, ai, aRow, b, bAt, start, si, ldStart, to, ti, ldTo);
      } else {
        NarrowTiles.by2(left, depth, a, ai, aRow, b, bAt, start, si, ldStart, to, ti, ldTo);
      }
    }
  }

  private static void packed(
      int width,
      int depth,
      float[] packedRows,
      PanelMemory panel,
      int bAt,
      int rows,
      float[] start,
      int startAt,
      int ldStart,
      float[] to,
      int toAt,
      int ldTo) {
    float[] b = panel.array;
    int step = NarrowPackedTiles.ROWS;
    for (int i = 0; i < rows; i += NarrowPackedTiles.ROWS) {
      int left = Math.min(NarrowPackedTiles.ROWS, rows - i);
      int ai = PackedRows.tileAt(i, depth);
      int si = startAt + i * ldStart;
      int ti = toAt + i * ldTo;
      if (width == 1) {
        NarrowPackedTiles.by1(
            left, depth, packedRows, ai, step, b, bAt, start, si, ldStart, to, ti, ldTo);
      } else {
        NarrowPackedTiles.by2(
            left, depth, packedRows, ai, step, b, bAt, start, si, ldStart, to, ti, ldTo);
      }
    }
  }
}

package org.recallrank.kernels.simd;

import static org.recallrank.kernels.simd.Blocking.WIDE;
import static org.recallrank.kernels.simd.Lanes.FLOATS;
import static org.recallrank.kernels.simd.Lanes.N;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import org.recallrank.kernels.MatMulKernel.Activation;
import org.recallrank.kernels.Workers;

/**
 * One matrix product: how it is cut, and what its chunks share. Kept by the calling thread from
 * product to product.
 *
 * <p>The work is cut into blocks of rows by groups of panels. In a chunk the block of depth is the
 * outer loop, then the panel (which stays in the caches), then the tiles down the rows.
 */
final class Product {
  private static final FloatVector ZERO = FloatVector.zero(FLOATS);
  private static final FloatVector NO_FLOOR =
      FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);

  /** Multiply-adds that make a chunk worth handing to another thread. */
  private static final long CHUNK_WORK = 1 << 19;

  /** Chunks that keep some threads evenly busy; more groups of panels are not cut for more. */
  private static final int ENOUGH_CHUNKS = 16;

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
  private FloatVector floor;
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
  private int chunkRows;
  private int groups;

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
    floor = activation == Activation.RELU ? ZERO : NO_FLOOR;
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
    packsRows = !WIDE && aCol != 1;
    int tile = WIDE ? GemmTiles.ROWS : packsRows ? NarrowPackedTiles.ROWS : NarrowTiles.ROWS;
    int rowBlocks = Workers.chunks(m, Blocking.ROWS);
    chunkRows = Workers.chunks(Workers.chunks(m, rowBlocks), tile) * tile;
    chunkRows = Math.min(chunkRows, Blocking.ROWS);
    rowBlocks = Workers.chunks(m, chunkRows);
    packsLocally = rowBlocks <= (transposeB ? 1 : LOCAL_BLOCKS);
    long work = chunkRows * panels.sizeOfWidest() * panels.count();
    int most = packsRows ? panels.count() / PANELS_PER_PACKED_A : panels.count();
    groups = 1;
    while (rowBlocks * groups < ENOUGH_CHUNKS
        && 2 * groups <= most
        && work / (2 * groups) >= CHUNK_WORK) {
      groups *= 2;
    }
    return rowBlocks * groups;
  }

  /** Packs B if that is not left to the chunks. */
  void packShared(Workers workers) {
    if (packsLocally) {
      return;
    }
    shared.reserve(panels.size());
    workers.forRanges(
        panels.count(),
        Math.clamp(PACK_WORK / Math.max(1L, panels.sizeOfWidest()), 1, panels.count()),
        (from, to) -> {
          for (int panel = from; panel < to; panel++) {
            for (int block = 0; block < panels.blocks(); block++) {
              panels.pack(block, panel, panel + 1, shared, panels.address(block, panel));
            }
          }
        });
  }

  /** Computes one chunk. */
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
    if (beta != 0 && (beta != 1 || hasBias)) {
      scaleAndAddBias(cAt + firstColumn, rows, firstColumn, columns);
    }
    boolean sticksOut = panels.start(endPanel) * N > n;
    int edgePanel = sticksOut ? endPanel - 1 : endPanel;
    int edgeColumn = panels.start(edgePanel) * N;
    int edgeWidth = panels.start(endPanel) * N - edgeColumn;
    float[] edge = scratch.edge;
    if (sticksOut && beta != 0) {
      copyRows(c, cAt + edgeColumn, ldc, edge, 0, edgeWidth, rows, n - edgeColumn);
    }
    for (int block = 0; block < panels.blocks(); block++) {
      if (packsRows) {
        packRows(block, aAt, rows, scratch);
      }
      if (packsLocally) {
        scratch.panels.reserve(panels.address(block, endPanel) - panels.address(block, firstPanel));
        panels.pack(block, firstPanel, endPanel, scratch.panels, 0);
      }
      for (int panel = firstPanel; panel < edgePanel; panel++) {
        tiles(block, panel, firstPanel, aAt, rows, c, cAt + panels.start(panel) * N, ldc, scratch);
      }
      if (sticksOut) {
        tiles(block, edgePanel, firstPanel, aAt, rows, edge, 0, edgeWidth, scratch);
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
    PackedRows.pack(rows, depth, a, aAt + from * aCol, aCol, scratch.rows);
  }

  /** The tiles of one panel and one block of depth, down the rows of {@code to}. */
  private void tiles(
      int block,
      int panel,
      int firstPanel,
      int aAt,
      int rows,
      float[] to,
      int toAt,
      int ldTo,
      Scratch scratch) {
    int blockStart = panels.blockStart(block);
    int depth = panels.blockStart(block + 1) - blockStart;
    PanelMemory b = shared;
    int bAt = panels.address(block, panel);
    int width = panels.width(panel);
    if (packsLocally) {
      b = scratch.panels;
      bAt -= panels.address(block, firstPanel);
    }
    boolean continues = block > 0 || beta != 0;
    float[] start = continues ? to : bias;
    int startAt = continues ? toAt : panels.start(panel) * N;
    int ldStart = continues ? ldTo : 0;
    FloatVector least = block == panels.blocks() - 1 ? floor : NO_FLOOR;
    int ai = aAt + blockStart * aCol;
    if (WIDE) {
      wide(width, depth, ai, b, bAt, rows, start, startAt, ldStart, to, toAt, ldTo, least);
    } else if (packsRows) {
      packed(
          width, depth, scratch.rows, b, bAt, rows, start, startAt, ldStart, to, toAt, ldTo, least);
    } else {
      narrow(width, depth, ai, b, bAt, rows, start, startAt, ldStart, to, toAt, ldTo, least);
    }
  }

  private void wide(
      int width,
      int depth,
      int aAt,
      PanelMemory panel,
      int panelAt,
      int rows,
      float[] start,
      int startAt,
      int ldStart,
      float[] to,
      int toAt,
      int ldTo,
      FloatVector least) {
    var b = panel.segment;
    long bAt = (long) panelAt * Float.BYTES;
    for (int i = 0; i < rows; i += GemmTiles.ROWS) {
      int left = Math.min(GemmTiles.ROWS, rows - i);
      int ai = aAt + i * aRow;
      int si = startAt + i * ldStart;
      int ti = toAt + i * ldTo;
      switch (width) {
        case 1 ->
            GemmTiles.by1(
                left, depth, a, ai, aRow, aCol, b, bAt, start, si, ldStart, to, ti, ldTo, least);
        case 2 ->
            GemmTiles.by2(
                left, depth, a, ai, aRow, aCol, b, bAt, start, si, ldStart, to, ti, ldTo, least);
        default ->
            GemmTiles.by3(
                left, depth, a, ai, aRow, aCol, b, bAt, start, si, ldStart, to, ti, ldTo, least);
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
      int ldTo,
      FloatVector least) {
    float[] b = panel.array;
    for (int i = 0; i < rows; i += NarrowTiles.ROWS) {
      int left = Math.min(NarrowTiles.ROWS, rows - i);
      int ai = aAt + i * aRow;
      int si = startAt + i * ldStart;
      int ti = toAt + i * ldTo;
      if (width == 1) {
        NarrowTiles.by1(left, depth, a, ai, aRow, b, bAt, start, si, ldStart, to, ti, ldTo, least);
      } else {
        NarrowTiles.by2(left, depth, a, ai, aRow, b, bAt, start, si, ldStart, to, ti, ldTo, least);
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
      int ldTo,
      FloatVector least) {
    float[] b = panel.array;
    int step = NarrowPackedTiles.ROWS;
    for (int i = 0; i < rows; i += NarrowPackedTiles.ROWS) {
      int left = Math.min(NarrowPackedTiles.ROWS, rows - i);
      int ai = PackedRows.tileAt(i, depth);
      int si = startAt + i * ldStart;
      int ti = toAt + i * ldTo;
      if (width == 1) {
        NarrowPackedTiles.by1(
            left, depth, packedRows, ai, step, b, bAt, start, si, ldStart, to, ti, ldTo, least);
      } else {
        NarrowPackedTiles.by2(
            left, depth, packedRows, ai, step, b, bAt, start, si, ldStart, to, ti, ldTo, least);
      }
    }
  }
}

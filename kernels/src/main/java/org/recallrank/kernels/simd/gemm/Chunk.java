package org.recallrank.kernels.simd.gemm;

import static org.recallrank.kernels.simd.Lanes.FLOATS;
import static org.recallrank.kernels.simd.Lanes.N;
import static org.recallrank.kernels.simd.gemm.Blocking.WIDE;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.simd.Lanes;

/**
 * The chunk of a {@link Product} that a thread computes: some rows of C in the columns of some
 * panels. Kept by the thread, for its work memory, from chunk to chunk.
 *
 * <p>The block of depth is the outer loop, then the panel (which stays in the caches), then the
 * tiles down the rows.
 */
final class Chunk {
  /** A block of depth of A, if it must be packed. */
  private float[] packedRows = new float[0];

  /** A panel of C for the last panel, if that sticks out of C. */
  private final float[] edge = new float[Blocking.ROWS * Blocking.PANEL * N];

  /** A block of depth of some panels of B, unless all are packed beforehand. */
  private final PanelMemory packedPanels = new PanelMemory();

  private Product product;
  private int firstRow;
  private int rows;
  private int firstPanel;
  private int endPanel;

  // A panel in a block of depth: its vectors, its depth, where its sums start and where they go.
  private int width;
  private int depth;
  private float[] start;
  private int startAt;
  private int ldStart;
  private float[] to;
  private int toAt;
  private int ldTo;

  /** Computes a chunk of a round. */
  void compute(Product of, int number) {
    product = of;
    firstRow = number / of.groups * of.chunkRows;
    rows = Math.min(of.chunkRows, of.c.rows() - firstRow);
    int group = number % of.groups;
    firstPanel = (int) ((long) of.panels.count() * group / of.groups);
    endPanel = (int) ((long) of.panels.count() * (group + 1) / of.groups);
    multiply(of.panels, of.c);
    product = null; // and with it the caller's arrays
    start = null;
    to = null;
  }

  private void multiply(PackedPanels panels, Matrix c) {
    int end = panels.start(endPanel) * N;
    boolean continues = product.firstBlock > 0 || product.beta != 0;
    if (product.firstBlock == 0 && product.beta != 0 && (product.beta != 1 || product.hasBias)) {
      scaleAndAddBias(c, panels.start(firstPanel) * N, Math.min(c.cols(), end));
    }
    boolean sticksOut = end > c.cols();
    int edgePanel = sticksOut ? endPanel - 1 : endPanel;
    int edgeAt = c.at(firstRow, panels.start(edgePanel) * N);
    int edgeWidth = end - panels.start(edgePanel) * N;
    int edgeColumns = edgeWidth - (end - c.cols());
    for (int i = 0; sticksOut && continues && i < rows; i++) {
      System.arraycopy(c.data(), edgeAt + i * c.stride(), edge, i * edgeWidth, edgeColumns);
    }
    int firstPacked = product.direct ? edgePanel : firstPanel;
    for (int block = product.firstBlock; block < product.endBlock; block++) {
      pack(panels, block, firstPacked);
      for (int panel = firstPanel; panel < edgePanel; panel++) {
        to = c.data();
        toAt = c.at(firstRow, panels.start(panel) * N);
        ldTo = c.stride();
        tiles(panels, block, panel, firstPacked);
      }
      if (sticksOut) {
        to = edge;
        toAt = 0;
        ldTo = edgeWidth;
        tiles(panels, block, edgePanel, firstPacked);
      }
    }
    for (int i = 0; sticksOut && i < rows; i++) {
      System.arraycopy(edge, i * edgeWidth, c.data(), edgeAt + i * c.stride(), edgeColumns);
    }
  }

  private void scaleAndAddBias(Matrix c, int from, int end) {
    float[] data = c.data();
    float[] bias = product.bias;
    float beta = product.beta;
    for (int i = 0; i < rows; i++) {
      int at = c.at(firstRow + i, 0);
      for (int j = from; j < end; j++) {
        data[at + j] = beta * data[at + j] + bias[j];
      }
    }
  }

  /** Packs what the tiles want packed of a block of depth. */
  private void pack(PackedPanels panels, int block, int firstPacked) {
    int from = panels.blockStart(block);
    depth = panels.blockStart(block + 1) - from;
    Matrix a = product.a;
    if (product.packsRows) {
      int size = PackedRows.size(rows, depth);
      if (packedRows.length < size) {
        packedRows = new float[size];
      }
      int at = a.at(firstRow, from);
      if (a.columnStep() == 1) {
        PackedRows.transpose(rows, depth, a.data(), at, a.rowStep(), packedRows);
      } else {
        PackedRows.copy(rows, depth, a.data(), at, a.columnStep(), packedRows);
      }
    }
    if (product.packsLocally && firstPacked < endPanel) {
      packedPanels.reserve(panels.address(block, endPanel) - panels.address(block, firstPacked));
      panels.pack(block, firstPacked, endPanel, packedPanels, 0);
    }
  }

  /** The tiles of one panel and one block of depth, down the rows of {@code to}. */
  private void tiles(PackedPanels panels, int block, int panel, int firstPacked) {
    width = panels.width(panel);
    boolean continues = block > 0 || product.beta != 0;
    start = continues ? to : product.bias;
    startAt = continues ? toAt : panels.start(panel) * N;
    ldStart = continues ? ldTo : 0;
    PanelMemory b = product.packsLocally ? packedPanels : product.shared;
    int bAt =
        panels.address(block, panel)
            - (product.packsLocally
                ? panels.address(block, firstPacked)
                : panels.address(product.firstBlock, 0));
    if (product.direct && panel < firstPacked) {
      Matrix source = panels.source();
      int at = source.at(panels.blockStart(block), panels.start(panel) * N);
      direct(source.data(), at, source.stride());
    } else if (WIDE) {
      wide(b.segment, (long) bAt * Float.BYTES);
    } else if (product.packsRows) {
      narrowPacked(b.array, bAt);
    } else {
      narrow(product.a.at(firstRow, panels.blockStart(block)), b.array, bAt);
    }
    if (product.relu && block == panels.blocks() - 1) {
      relu();
    }
  }

  /** While the tiles of a panel are still in the first cache. */
  private void relu() {
    float[] c = to;
    for (int i = 0; i < rows; i++) {
      for (int v = 0; v < width; v++) {
        int at = toAt + i * ldTo + v * N;
        Lanes.relu(FloatVector.fromArray(FLOATS, c, at)).intoArray(c, at);
      }
    }
  }

  private void wide(MemorySegment b, long bAt) {
    float[] a = packedRows;
    for (int i = 0; i < rows; i += GemmTiles.ROWS) {
      int left = Math.min(GemmTiles.ROWS, rows - i);
      int ai = PackedRows.tileAt(i, depth);
      int si = startAt + i * ldStart;
      int ti = toAt + i * ldTo;
      switch (width) {
        case 1 -> GemmTiles.by1(left, depth, a, ai, b, bAt, start, si, ldStart, to, ti, ldTo);
        case 2 -> GemmTiles.by2(left, depth, a, ai, b, bAt, start, si, ldStart, to, ti, ldTo);
        default -> GemmTiles.by3(left, depth, a, ai, b, bAt, start, si, ldStart, to, ti, ldTo);
      }
    }
  }

  /** The tiles of a panel of B that is read where it lies. */
  private void direct(float[] b, int bAt, int ldb) {
    float[] a = packedRows;
    for (int i = 0; i < rows; i += GemmTiles.ROWS) {
      int left = Math.min(GemmTiles.ROWS, rows - i);
      int ai = PackedRows.tileAt(i, depth);
      int si = startAt + i * ldStart;
      int ti = toAt + i * ldTo;
      switch (left <= 2 ? width : 3 + width) {
        case 1 ->
            DirectTiles.twoBy1(left, depth, a, ai, b, bAt, ldb, start, si, ldStart, to, ti, ldTo);
        case 2 ->
            DirectTiles.twoBy2(left, depth, a, ai, b, bAt, ldb, start, si, ldStart, to, ti, ldTo);
        case 3 ->
            DirectTiles.twoBy3(left, depth, a, ai, b, bAt, ldb, start, si, ldStart, to, ti, ldTo);
        case 4 ->
            DirectTiles.eightBy1(left, depth, a, ai, b, bAt, ldb, start, si, ldStart, to, ti, ldTo);
        case 5 ->
            DirectTiles.eightBy2(left, depth, a, ai, b, bAt, ldb, start, si, ldStart, to, ti, ldTo);
        default ->
            DirectTiles.eightBy3(left, depth, a, ai, b, bAt, ldb, start, si, ldStart, to, ti, ldTo);
      }
    }
  }

  private void narrow(int aAt, float[] b, int bAt) {
    float[] a = product.a.data();
    int lda = product.a.rowStep();
    for (int i = 0; i < rows; i += NarrowTiles.ROWS) {
      int left = Math.min(NarrowTiles.ROWS, rows - i);
      int ai = aAt + i * lda;
      int si = startAt + i * ldStart;
      int ti = toAt + i * ldTo;
      if (width == 1) {
        NarrowTiles.by1(left, depth, a, ai, lda, b, bAt, start, si, ldStart, to, ti, ldTo);
      } else {
        NarrowTiles.by2(left, depth, a, ai, lda, b, bAt, start, si, ldStart, to, ti, ldTo);
      }
    }
  }

  private void narrowPacked(float[] b, int bAt) {
    float[] a = packedRows;
    int step = NarrowPackedTiles.ROWS;
    for (int i = 0; i < rows; i += step) {
      int left = Math.min(step, rows - i);
      int ai = PackedRows.tileAt(i, depth);
      int si = startAt + i * ldStart;
      int ti = toAt + i * ldTo;
      if (width == 1) {
        NarrowPackedTiles.by1(left, depth, a, ai, step, b, bAt, start, si, ldStart, to, ti, ldTo);
      } else {
        NarrowPackedTiles.by2(left, depth, a, ai, step, b, bAt, start, si, ldStart, to, ti, ldTo);
      }
    }
  }
}

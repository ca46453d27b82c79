package org.recallrank.kernels.simd;

import static org.recallrank.kernels.simd.Lanes.FLOATS;
import static org.recallrank.kernels.simd.Lanes.N;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import org.recallrank.kernels.Checks;
import org.recallrank.kernels.MatMulKernel;
import org.recallrank.kernels.Scratch;
import org.recallrank.kernels.Workers;

/**
 * The matrix product in the manner of Goto and van de Geijn (2008): B is packed into panels once
 * ({@link PackedPanels}), A is read where it lies, and tiles of C are computed in registers ({@link
 * GemmTiles}).
 *
 * <p>Alpha goes into the packed copy, the sums start from the bias, and the ReLU is applied when a
 * tile is stored: C is written once per block of depth and read only where a sum goes on.
 *
 * <p>The work is cut into blocks of rows by groups of panels. In a chunk the block of depth is the
 * outer loop, then the panel (which stays in the caches), then the tiles down the rows.
 */
final class SimdMatMul implements MatMulKernel {
  /** Rows of C per chunk: their part of A, for one block of depth, stays in L2. */
  private static final int CHUNK_ROWS = 16 * GemmTiles.ROWS;

  /** Multiply-adds that make a chunk worth handing to another thread. */
  private static final long CHUNK_WORK = 1 << 19;

  /** Elements of B below which it is packed by one thread. */
  private static final int PACK_WORK = 1 << 15;

  private static final FloatVector ZERO = FloatVector.zero(FLOATS);
  private static final FloatVector NO_FLOOR =
      FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);

  /** Floats of a panel of a chunk. */
  private static final int EDGE = CHUNK_ROWS * PackedPanels.WIDEST * N;

  private final Workers workers;
  private final Scratch edges = new Scratch();
  private final ThreadLocal<Plan> plans = ThreadLocal.withInitial(Plan::new);

  SimdMatMul(Workers workers) {
    this.workers = workers;
  }

  @Override
  public void gemm(
      boolean transposeA,
      boolean transposeB,
      int m,
      int n,
      int k,
      float alpha,
      float[] a,
      int aOffset,
      int lda,
      float[] b,
      int bOffset,
      int ldb,
      float beta,
      float[] c,
      int cOffset,
      int ldc,
      float[] bias,
      int biasOffset,
      Activation activation) {
    Checks.gemm(
        transposeA,
        transposeB,
        m,
        n,
        k,
        a,
        aOffset,
        lda,
        b,
        bOffset,
        ldb,
        c,
        cOffset,
        ldc,
        bias,
        biasOffset);
    if (m == 0 || n == 0) {
      return;
    }
    Plan plan = plans.get();
    PackedPanels panels = plan.panels;
    panels.layOut(k, n);
    workers.forRanges(
        panels.count(),
        Math.clamp(PACK_WORK / Math.max(1L, panels.elementsOfWidest()), 1, panels.count()),
        (from, to) -> {
          for (int panel = from; panel < to; panel++) {
            panels.pack(panel, transposeB, alpha, b, bOffset, ldb);
          }
        });
    plan.layOut(bias, biasOffset, n, activation);
    plan.a = a;
    plan.aRow = transposeA ? 1 : lda;
    plan.aCol = transposeA ? lda : 1;
    plan.beta = beta;
    plan.c = c;
    plan.ldc = ldc;
    int chunkRows = Math.min(m, CHUNK_ROWS);
    long workOfPanel = Math.max(1, chunkRows * panels.elementsOfWidest());
    int group = Math.clamp(CHUNK_WORK / workOfPanel, 1, panels.count());
    int groups = Workers.chunks(panels.count(), group);
    workers.forChunks(
        Workers.chunks(m, chunkRows) * groups,
        chunk -> {
          int row = chunk / groups * chunkRows;
          int panel = chunk % groups * group;
          plan.multiply(
              aOffset + row * plan.aRow,
              cOffset + row * ldc,
              Math.min(chunkRows, m - row),
              panel,
              Math.min(panels.count(), panel + group),
              edges.floats(EDGE));
        });
    plan.forget();
  }

  @Override
  public void batched(
      boolean transposeA,
      boolean transposeB,
      int count,
      int m,
      int n,
      int k,
      float alpha,
      Matrices a,
      Matrices b,
      Matrices c,
      boolean accumulate) {
    Checks.batched(transposeA, transposeB, count, m, n, k, a, b, c);
    int grain = (int) Math.max(1, CHUNK_WORK / Math.max(1, (long) m * n * k));
    int aRow = transposeA ? 1 : a.ld();
    int aCol = transposeA ? a.ld() : 1;
    workers.forRanges(
        count,
        grain,
        (from, to) -> {
          if (transposeB) {
            SmallProducts.alongDepth(from, to, m, n, k, alpha, a, aRow, aCol, b, c, accumulate);
          } else {
            SmallProducts.alongRows(from, to, m, n, k, alpha, a, aRow, aCol, b, c, accumulate);
          }
        });
  }

  /** What the chunks of one product share; kept by the calling thread from product to product. */
  private static final class Plan {
    final PackedPanels panels = new PackedPanels();

    /** The bias, and zeros up to whole vectors. */
    float[] bias = new float[0];

    boolean hasBias;
    int n;
    FloatVector floor;
    float[] a;
    int aRow;
    int aCol;
    float beta;
    float[] c;
    int ldc;

    void layOut(float[] givenBias, int biasOffset, int n, Activation activation) {
      this.n = n;
      if (bias.length < n + N) {
        bias = new float[n + N];
      }
      Arrays.fill(bias, 0, n + N, 0);
      hasBias = givenBias != null;
      if (hasBias) {
        System.arraycopy(givenBias, biasOffset, bias, 0, n);
      }
      floor = activation == Activation.RELU ? ZERO : NO_FLOOR;
    }

    void forget() {
      a = null;
      c = null;
    }

    /**
     * Some rows of C in the columns of some panels.
     *
     * @param edge work array for a last panel that sticks out of C
     */
    void multiply(int aAt, int cAt, int rows, int firstPanel, int endPanel, float[] edge) {
      int firstColumn = panels.start(firstPanel) * N;
      int columns = Math.min(n, panels.start(endPanel) * N) - firstColumn;
      if (beta != 0 && (beta != 1 || hasBias)) {
        scaleAndAddBias(cAt + firstColumn, rows, firstColumn, columns);
      }
      int blocks = panels.blocks();
      boolean sticksOut = panels.start(endPanel) * N > n;
      int edgePanel = sticksOut ? endPanel - 1 : endPanel;
      int edgeColumn = panels.start(edgePanel) * N;
      int edgeWidth = panels.start(endPanel) * N - edgeColumn;
      if (sticksOut && beta != 0) {
        copyRows(c, cAt + edgeColumn, ldc, edge, 0, edgeWidth, rows, n - edgeColumn);
      }
      for (int block = 0; block < blocks; block++) {
        for (int panel = firstPanel; panel < edgePanel; panel++) {
          tiles(block, panel, aAt, rows, c, cAt + panels.start(panel) * N, ldc);
        }
        if (sticksOut) {
          tiles(block, edgePanel, aAt, rows, edge, 0, edgeWidth);
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

    /** The tiles of one panel and one block of depth, down the rows of {@code to}. */
    private void tiles(int block, int panel, int aAt, int rows, float[] to, int toAt, int ldTo) {
      int blockStart = panels.blockStart(block);
      int depth = panels.blockStart(block + 1) - blockStart;
      MemorySegment b = panels.memory();
      long bAt = panels.address(block, panel);
      boolean continues = block > 0 || beta != 0;
      float[] start = continues ? to : bias;
      int startAt = continues ? toAt : panels.start(panel) * N;
      int ldStart = continues ? ldTo : 0;
      FloatVector least = block == panels.blocks() - 1 ? floor : NO_FLOOR;
      int width = panels.width(panel);
      for (int i = 0; i < rows; i += GemmTiles.ROWS) {
        int left = Math.min(GemmTiles.ROWS, rows - i);
        int ai = aAt + blockStart * aCol + i * aRow;
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
  }
}

package org.recallrank.kernels.opencl;

import java.util.List;
import org.recallrank.kernels.MatMulKernel.Activation;
import org.recallrank.kernels.Workers;

/** Matrix products between buffers: chooses among the kernels of {@code gemm.cl} and cuts. */
final class DeviceGemm {
  private static final String FILE = "gemm.cl";

  /**
   * Up to here nothing is packed: multiply-adds per element of A, B and C, which is how often a
   * packed element would be used again. A product of 24 x 24 x 24 has 8, one with a single row or
   * column less than 1.
   */
  private static final int DIRECT_REUSE = 8;

  private static final int SIDE = 16; // of a work-group of gemm_tiles and pack_tiles

  /**
   * Parameters of gemm.cl for a kind of device.
   *
   * @param mp rows of a panel of A
   * @param np columns of a panel of B
   * @param kb the depth is padded to a multiple of it
   * @param local whether a work-group shares a tile in local memory
   */
  record Tiles(int mp, int np, int kb, boolean local) {
    /** CPU devices: a tile per item in 32 vector registers of 8 or 16 floats. */
    static final Tiles CPU = new Tiles(8, 32, 1, false);

    /** GPUs: 4 x 4 elements per item. */
    static final Tiles GPU_SMALL = new Tiles(64, 64, 16, true);

    /** GPUs, large products: 8 x 8 elements per item. */
    static final Tiles GPU_LARGE = new Tiles(128, 128, 16, true);

    String options() {
      return "-D MP=" + mp + " -D NP=" + np + " -D KB=" + kb;
    }
  }

  /** A GPU takes large tiles when there are this many of them to share. */
  private static final int MANY_TILES = 128;

  /**
   * Depth of a slice on a CPU device: a panel of B of that depth stays in the second-level cache.
   */
  private static final int CPU_SLICE = 4096;

  /** Work-groups that fill a GPU: with fewer tiles the depth is cut, into at least GPU_SLICE. */
  private static final int GPU_GROUPS = 512;

  private static final int GPU_SLICE = 256;

  private final ClContext context;
  private final Tiles forced;
  private final ClScratch packedA;
  private final ClScratch packedB;
  private final ClScratch partial;
  private final ClScratch none;

  /**
   * @param forced the parameters to use in any case, packing in any case; null to choose by device
   *     and size
   */
  DeviceGemm(ClContext context, Tiles forced) {
    this.context = context;
    this.forced = forced;
    packedA = new ClScratch(context);
    packedB = new ClScratch(context);
    partial = new ClScratch(context);
    none = new ClScratch(context);
  }

  /**
   * C = act(alpha A B + beta C + bias), C with columns side by side.
   *
   * @param bias or null
   */
  void multiply(
      DeviceMatrix a,
      DeviceMatrix b,
      DeviceMatrix c,
      ClScratch.Slice bias,
      Activation activation,
      float alpha,
      float beta) {
    boolean relu = activation == Activation.RELU;
    ClScratch.Slice added = bias != null ? bias : noBias();
    List<Object> end = List.of(beta, c.start(), c.rowStep(), added, bias != null, relu);
    double m = a.rows();
    double n = b.cols();
    double k = a.cols();
    double reuse = m * n * k / (m * k + k * n + m * n);
    if (forced == null && !(reuse >= DIRECT_REUSE)) { // NaN: nothing but zeros to add
      kernel(Tiles.CPU, "gemm_direct")
          .launch(new long[] {b.cols(), a.rows()}, null, a.cols(), alpha, a, b, end);
    } else {
      multiplyPacked(a, b, alpha, c, end);
    }
  }

  private ClScratch.Slice noBias() {
    return new ClScratch.Slice(none.words(1), 0);
  }

  /**
   * @param end what the kernels take for the end of a product: beta, C, bias and activation
   */
  private void multiplyPacked(
      DeviceMatrix a, DeviceMatrix b, float alpha, DeviceMatrix c, List<Object> end) {
    int m = c.rows();
    int n = c.cols();
    Tiles tiles = tiles(m, n);
    int depth = Workers.chunks(a.cols(), tiles.kb()) * tiles.kb();
    int panelsA = Workers.chunks(m, tiles.mp());
    int panelsB = Workers.chunks(n, tiles.np());
    ClBuffer pa = packedA.words((long) panelsA * tiles.mp() * depth);
    ClBuffer pb = packedB.words((long) panelsB * tiles.np() * depth);
    pack(tiles, a, depth, tiles.mp(), alpha, pa);
    pack(tiles, b.t(), depth, tiles.np(), 1, pb);
    int sliceDepth = sliceDepth(tiles, panelsA * panelsB, depth);
    int slices = Math.max(1, Workers.chunks(depth, Math.max(1, sliceDepth)));
    boolean whole = slices == 1;
    ClBuffer sums = whole ? null : partial.words((long) slices * m * n);
    kernel(tiles, tiles.local() ? "gemm_tiles" : "gemm_registers")
        .launch(
            tiles.local()
                ? new long[] {(long) SIDE * panelsB, (long) SIDE * panelsA, slices}
                : new long[] {panelsA, panelsB, slices},
            tiles.local() ? new long[] {SIDE, SIDE, 1} : new long[] {1, 1, 1},
            List.of(m, n, depth, sliceDepth, pa, pb),
            whole ? end : List.of(0f, sums, 0, n, noBias(), false, false));
    if (!whole) {
      kernel(tiles, "add_slices").launch(new long[] {n, m}, null, m, n, slices, sums, end);
    }
  }

  /** Packs the rows of x (those of A, or of B transposed) into panels of {@code width}. */
  private void pack(Tiles tiles, DeviceMatrix x, int depth, int width, float scale, ClBuffer out) {
    int panels = Workers.chunks(x.rows(), width);
    boolean local = tiles.local();
    kernel(tiles, local ? "pack_tiles" : "pack")
        .launch(
            local ? new long[] {(long) panels * width, depth} : new long[] {depth, panels},
            local ? new long[] {SIDE, SIDE} : null,
            List.of(x, x.rows(), x.cols(), depth, width, scale, out));
  }

  private Tiles tiles(int m, int n) {
    if (forced != null) {
      return forced;
    }
    if (context.device().cpu()) {
      return Tiles.CPU;
    }
    Tiles large = Tiles.GPU_LARGE;
    return Workers.chunks(m, large.mp()) * (long) Workers.chunks(n, large.np()) >= MANY_TILES
        ? large
        : Tiles.GPU_SMALL;
  }

  private static int sliceDepth(Tiles tiles, int count, int depth) {
    if (!tiles.local()) {
      return Math.min(depth, CPU_SLICE);
    }
    int wanted = Math.max(1, GPU_GROUPS / Math.max(1, count));
    int slice = Math.max(GPU_SLICE, Workers.chunks(depth, wanted));
    return Math.min(depth, Workers.chunks(slice, tiles.kb()) * tiles.kb());
  }

  private ClKernel kernel(Tiles tiles, String name) {
    return context.kernel(FILE, tiles.options(), name);
  }
}

package org.recallrank.kernels.base;

import org.recallrank.kernels.SimHashKernel;
import org.recallrank.kernels.Workers;

/** What the backends share of {@link SimHashKernel}: checks and chunks of rows. */
public abstract class SimHashBase implements SimHashKernel {
  /** Products of an element and a projection entry per chunk. */
  private static final int GRAIN = 1 << 18;

  private final Workers workers;

  protected SimHashBase(Workers workers) {
    this.workers = workers;
  }

  @Override
  public final void encode(
      Form form,
      float[] x,
      int xOffset,
      int ldx,
      int n,
      int dim,
      float[] projection,
      int bits,
      long[] out,
      int outOffset) {
    Checks.matrix("simHash", "x", x.length, xOffset, n, dim, ldx);
    Checks.positive("simHash", "bits", bits);
    if (bits % 64 != 0) {
      throw new IllegalArgumentException("simHash: bits must be a multiple of 64: " + bits);
    }
    Checks.matrix("simHash", "projection", projection.length, 0, dim, bits, bits);
    int words = bits / 64;
    Checks.range("simHash", "out", out.length, outOffset, (long) n * words);
    if (n == 0) {
      return;
    }
    RowEncoder encoder = rowEncoder(form, dim, projection, bits);
    workers.forRanges(
        n,
        grain(dim, bits),
        (from, to) ->
            encoder.encode(x, xOffset + from * ldx, ldx, to - from, out, outOffset + from * words));
  }

  /** How many rows make a chunk. */
  protected int grain(int dim, int bits) {
    return Math.max(1, GRAIN / Math.max(1, dim * bits));
  }

  /** Encodes rows with a projection that it has prepared; used by several threads at once. */
  @FunctionalInterface
  protected interface RowEncoder {
    void encode(float[] x, int xOffset, int ldx, int n, long[] out, int outOffset);
  }

  protected abstract RowEncoder rowEncoder(Form form, int dim, float[] projection, int bits);
}

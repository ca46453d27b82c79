package org.recallrank.kernels.base;

import org.recallrank.kernels.BitMatrix;
import org.recallrank.kernels.Matrix;
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
  public final void encode(Form form, Matrix x, Matrix projection, BitMatrix out) {
    if (x.cols() != projection.rows()
        || x.rows() != out.rows()
        || projection.cols() != out.bits()) {
      throw new IllegalArgumentException(
          "simHash: x is %s, projection %s, out %s; rows, dim or bits differ"
              .formatted(x.shape(), projection.shape(), out.shape()));
    }
    Checks.storedByRows("simHash", "x", x);
    Checks.dense("simHash", "projection", projection);
    if (x.rows() > 0) {
      workers.forRanges(x.rows(), grain(projection), encoder(form, x, projection, out));
    }
  }

  /** How many rows make a chunk. */
  protected int grain(Matrix projection) {
    return Math.max(1, GRAIN / Math.max(1, projection.size()));
  }

  /** Prepares the projection; what comes back encodes rows, on several threads at once. */
  protected abstract Workers.Range encoder(Form form, Matrix x, Matrix projection, BitMatrix out);
}

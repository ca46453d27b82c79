package org.recallrank.kernels.opencl;

import org.recallrank.kernels.Workers;
import org.recallrank.kernels.base.SimHashBase;

/** {@code simhash.cl}: a word per work-item. The same bits as on the host. */
final class OpenClSimHash extends SimHashBase {
  private final ClContext context;
  private final ClScratch rows;
  private final ClScratch projections;
  private final ClScratch words;

  OpenClSimHash(Workers workers, ClContext context) {
    super(workers);
    this.context = context;
    rows = new ClScratch(context);
    projections = new ClScratch(context);
    words = new ClScratch(context);
  }

  @Override
  protected int grain(int dim, int bits) {
    return Integer.MAX_VALUE; // the device takes all rows
  }

  @Override
  protected RowEncoder rowEncoder(Form form, int dim, float[] projection, int bits) {
    return (x, xOffset, ldx, n, out, outOffset) -> {
      synchronized (context) {
        ClScratch.Slice p = projections.input(projection, 0, (long) dim * bits);
        ClBuffer dense = rows.words((long) n * dim);
        context.writeRows(dense, x, xOffset, n, dim, ldx);
        ClBuffer signatures = words.words(2L * n * (bits / 64));
        context
            .kernel("simhash.cl", "", "encode")
            .launch(
                new long[] {bits / 64, n},
                null,
                form == Form.PAPER_VOTE,
                dense,
                0,
                dim,
                dim,
                p.buffer(),
                p.at(),
                bits,
                signatures);
        context.read(signatures, 0, out, outOffset, (long) n * (bits / 64));
      }
    };
  }
}

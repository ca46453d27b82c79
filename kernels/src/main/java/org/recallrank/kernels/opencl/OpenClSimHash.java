package org.recallrank.kernels.opencl;

import org.recallrank.kernels.BitMatrix;
import org.recallrank.kernels.Matrix;
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
  protected int grain(Matrix projection) {
    return Integer.MAX_VALUE; // the device takes all rows
  }

  @Override
  protected Workers.Range encoder(Form form, Matrix x, Matrix projection, BitMatrix out) {
    int dim = x.cols();
    return (from, to) -> {
      int n = to - from;
      synchronized (context) {
        ClScratch.Slice p =
            projections.input(projection.data(), projection.offset(), projection.size());
        ClBuffer dense = rows.words((long) n * dim);
        context.writeRows(dense, x.rows(from, n));
        ClBuffer signatures = words.words(2L * n * out.words());
        long[] global = {out.words(), n};
        boolean vote = form == Form.PAPER_VOTE;
        context
            .kernel("simhash.cl", "", "encode")
            .launch(global, null, vote, dense, 0, dim, dim, p, out.bits(), signatures);
        context.read(signatures, 0, out.data(), out.at(from), (long) n * out.words());
      }
    };
  }
}

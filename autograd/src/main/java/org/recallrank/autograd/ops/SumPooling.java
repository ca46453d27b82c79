package org.recallrank.autograd.ops;

import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.kernels.EmbeddingKernel;
import org.recallrank.kernels.Ids;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.Vec;

/** Sums of the rows that an index names: y_b = sum over t of x[index[b * length + t]]. */
public final class SumPooling {
  private SumPooling() {}

  /**
   * Records the sums.
   *
   * @param x [.., d]
   * @param index batch * length rows of x
   * @return [batch, d]
   */
  public static Variable apply(Variable x, Ids index, int length) {
    Tape tape = x.tape();
    int batch = index.size() / length;
    Variable y = tape.output(x.needsGradient(), batch, x.value().cols());
    Vec scale = tape.allocate(batch).vec();
    EmbeddingKernel kernel = tape.kernels().embedding();
    Matrix from = x.matrix();
    Matrix to = y.matrix();
    tape.forward(() -> kernel.gatherPooled(from, index, length, false, to, scale));
    tape.record(y, () -> GatherRows.addBack(y.gradient().matrix(), index, length, x));
    return y;
  }
}

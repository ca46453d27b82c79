package org.recallrank.autograd.ops;

import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;

/** Sums of the rows that an index names: y_b = sum over t of x[index[b * length + t]]. */
public final class SumPooling {
  private SumPooling() {}

  /**
   * @param x [.., d]
   * @param index [batch * length] rows of x
   * @return [batch, d]
   */
  public static Variable apply(Variable x, int[] index, int batch, int length) {
    Tape tape = x.tape();
    int d = x.value().cols();
    Variable y = tape.output(x.needsGradient(), batch, d);
    float[] scale = tape.allocate(batch).data();
    tape.kernels()
        .embedding()
        .gatherPooled(
            x.value().data(),
            x.value().offset(),
            d,
            index,
            0,
            batch,
            length,
            false,
            y.value().data(),
            y.value().offset(),
            d,
            scale);
    tape.record(y, () -> GatherRows.addBack(y.gradient(), index, batch, length, x));
    return y;
  }
}

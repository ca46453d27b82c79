package org.recallrank.autograd.ops;

import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.tensor.Tensor;

/** y_i = x_index[i]: rows of a matrix, in any order and any number of times. */
public final class GatherRows {
  private GatherRows() {}

  /**
   * @param x [rows, cols]
   * @param index at least n rows of x
   * @return [n, cols]
   */
  public static Variable apply(Variable x, int[] index, int n) {
    Tape tape = x.tape();
    Tensor xv = x.value();
    int cols = xv.cols();
    var kernel = tape.kernels().embedding();
    Variable y = tape.output(x.needsGradient(), n, cols);
    Tensor yv = y.value();
    kernel.gather(xv.data(), xv.offset(), cols, index, 0, n, yv.data(), yv.offset(), cols);
    tape.record(y, () -> addBack(y.gradient(), index, n, 1, x));
    return y;
  }

  /**
   * What flows back to the rows of x: dx[index[p]] += dy[p / length].
   *
   * @param dy [n, cols]
   * @param index n * length rows of x
   */
  public static void addBack(Tensor dy, int[] index, int n, int length, Variable x) {
    Tensor dx = x.gradientToAddTo();
    int cols = dx.cols();
    x.tape()
        .kernels()
        .embedding()
        .scatterAdd(
            dy.data(),
            dy.offset(),
            cols,
            cols,
            index,
            0,
            n,
            length,
            null,
            dx.data(),
            dx.offset(),
            dx.rows());
  }
}

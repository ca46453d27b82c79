package org.recallrank.autograd.ops;

import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.kernels.EmbeddingKernel;
import org.recallrank.kernels.Ids;
import org.recallrank.kernels.Matrix;

/** y_i = x_index[i]: rows of a matrix, in any order and any number of times. */
public final class GatherRows {
  private GatherRows() {}

  /**
   * Copies the rows.
   *
   * @param x [rows, cols]
   * @param index n rows of x
   * @return [n, cols]
   */
  public static Variable apply(Variable x, Ids index) {
    Tape tape = x.tape();
    Variable y = tape.output(x.needsGradient(), index.size(), x.value().cols());
    EmbeddingKernel kernel = tape.kernels().embedding();
    Matrix from = x.matrix();
    Matrix to = y.matrix();
    tape.forward(() -> kernel.gather(from, index, to));
    tape.record(y, () -> addBack(y.gradient().matrix(), index, 1, x));
    return y;
  }

  /**
   * What flows back to the rows of x: dx[index[p]] += dy[p / length].
   *
   * @param dy [n, cols]
   * @param index n * length rows of x
   */
  public static void addBack(Matrix dy, Ids index, int length, Variable x) {
    Matrix dx = x.gradientToAddTo().matrix();
    x.tape().kernels().embedding().scatterAdd(dy, index, length, null, dx);
  }
}

package org.recallrank.autograd.ops;

import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.tensor.Tensor;

/**
 * A number times a learnt vector, written into a block of columns of a larger matrix:
 * target_i[column + j] = x_i * w_j (FuxiCTR's numeric field).
 */
public final class NumericEmbedding {
  private NumericEmbedding() {}

  /**
   * Writes the columns.
   *
   * @param w dim elements
   * @param x [rows]
   */
  public static void apply(
      Variable w, float[] x, Variable target, int column, boolean differentiate) {
    Tensor out = target.value();
    int rows = out.shape().dim(0);
    int ld = out.size() / Math.max(rows, 1);
    int dim = w.value().size();
    Tensor wv = w.value();
    Tape tape = target.tape();
    tape.forward(
        () -> {
          for (int i = 0; i < rows; i++) {
            for (int j = 0; j < dim; j++) {
              out.set(i * ld + column + j, x[i] * wv.get(j));
            }
          }
        });
    if (differentiate && w.needsGradient()) {
      tape.record(
          target,
          () -> {
            Tensor dw = w.gradientToAddTo();
            Tensor g = target.gradient();
            for (int j = 0; j < dim; j++) {
              double sum = 0;
              for (int i = 0; i < rows; i++) {
                sum += (double) x[i] * g.get(i * ld + column + j);
              }
              dw.add(j, (float) sum);
            }
          });
    }
  }
}

package org.recallrank.autograd.ops.fused;

import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.kernels.MatMulKernel.Matrices;
import org.recallrank.kernels.VectorMath;
import org.recallrank.kernels.Workers.Range;
import org.recallrank.tensor.Tensor;

/**
 * The inner product of each pair of fields (Qu et al., ICDM 2016): y_p = &lt;e_i, e_j&gt; for the
 * pairs i &lt; j in the order (0,1), (0,2), .., (1,2), ..; [B, F, d] to [B, F (F - 1) / 2].
 *
 * <p>The gradient is de = G e for each row of the batch, G the symmetric F x F matrix of the dy_p
 * with zeros on its diagonal.
 */
public final class InnerProducts {
  private InnerProducts() {}

  /** Of e [B, F, d]. */
  public static Variable apply(Variable e) {
    Tape tape = e.tape();
    int batch = e.shape().dim(0);
    int fields = e.shape().dim(1);
    var workers = tape.kernels().workers();
    Variable y = tape.output(e.needsGradient(), batch, pairs(fields));
    Tensor ev = e.value();
    Tensor yv = y.value();
    Range multiply =
        (from, to) -> {
          for (int b = from; b < to; b++) {
            products(tape.kernels().math(), ev, b, yv);
          }
        };
    tape.forward(() -> workers.forRows(batch, fields * ev.cols(), multiply));
    tape.record(
        y,
        () -> {
          boolean accumulate = e.startGradient();
          Tensor g = tape.allocate(batch, fields, fields);
          Tensor dy = y.gradient();
          workers.forRows(
              batch,
              fields * fields,
              (from, to) -> {
                for (int b = from; b < to; b++) {
                  symmetric(dy, b, g);
                }
              });
          tape.kernels()
              .matMul()
              .batched(
                  Matrices.of(g.matrix(), fields),
                  Matrices.of(e.matrix(), fields),
                  Matrices.of(e.gradient().matrix(), fields),
                  1,
                  accumulate);
        });
    return y;
  }

  /** How many pairs {@code fields} make. */
  public static int pairs(int fields) {
    return fields * (fields - 1) / 2;
  }

  /** The pairs of one row: those of a field with all fields behind it stand side by side. */
  private static void products(VectorMath math, Tensor e, int row, Tensor y) {
    int fields = e.shape().dim(1);
    int d = e.cols();
    int first = e.offset() + row * fields * d;
    int pair = row * y.cols();
    for (int i = 0; i < fields - 1; i++) {
      for (int j = i + 1; j < fields; j++) {
        y.set(pair++, (float) math.dot(e.data(), first + i * d, e.data(), first + j * d, d));
      }
    }
  }

  /** The matrix of one row whose upper and lower triangle are its pairs. */
  private static void symmetric(Tensor pairs, int row, Tensor g) {
    int fields = g.cols();
    int at = row * fields * fields;
    int pair = row * pairs.cols();
    for (int i = 0; i < fields; i++) {
      g.set(at + i * fields + i, 0);
      for (int j = i + 1; j < fields; j++) {
        float value = pairs.get(pair++);
        g.set(at + i * fields + j, value);
        g.set(at + j * fields + i, value);
      }
    }
  }
}

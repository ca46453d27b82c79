package org.recallrank.autograd.ops.fused;

import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.kernels.MatMulKernel.Matrices;
import org.recallrank.kernels.VectorMath;
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
    int d = e.shape().dim(2);
    int width = fields * d;
    int pairs = pairs(fields);
    VectorMath math = tape.kernels().math();
    Variable y = tape.output(e.needsGradient(), batch, pairs);
    Tensor ev = e.value();
    Tensor yv = y.value();
    tape.kernels()
        .workers()
        .forRows(
            batch,
            width,
            (from, to) -> {
              for (int b = from; b < to; b++) {
                int at = ev.offset() + b * width;
                products(math, ev.data(), at, fields, d, yv.data(), yv.offset() + b * pairs);
              }
            });
    tape.record(
        y,
        () -> {
          boolean accumulate = e.startGradient();
          Tensor dy = y.gradient();
          int square = fields * fields;
          Tensor g = tape.allocate(batch, fields, fields);
          tape.kernels()
              .workers()
              .forRows(
                  batch,
                  square,
                  (from, to) -> {
                    for (int b = from; b < to; b++) {
                      symmetric(dy.data(), dy.offset() + b * pairs, fields, g.data(), b * square);
                    }
                  });
          Matrices de = Matrices.of(e.gradient().matrix(), fields);
          tape.kernels()
              .matMul()
              .batched(
                  Matrices.of(g.matrix(), fields),
                  Matrices.of(ev.matrix(), fields),
                  de,
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
  private static void products(
      VectorMath math, float[] e, int from, int fields, int d, float[] y, int pair) {
    for (int i = 0; i < fields - 1; i++) {
      for (int j = i + 1; j < fields; j++) {
        y[pair++] = (float) math.dot(e, from + i * d, e, from + j * d, d);
      }
    }
  }

  private static void symmetric(float[] dy, int pair, int fields, float[] g, int at) {
    for (int i = 0; i < fields; i++) {
      g[at + i * fields + i] = 0;
      for (int j = i + 1; j < fields; j++) {
        float value = dy[pair++];
        g[at + i * fields + j] = value;
        g[at + j * fields + i] = value;
      }
    }
  }
}

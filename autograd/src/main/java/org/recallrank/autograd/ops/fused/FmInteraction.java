package org.recallrank.autograd.ops.fused;

import java.util.Arrays;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.tensor.Tensor;

/**
 * The second-order term of a factorisation machine (Rendle 2010): y = 1/2 * sum over d of [(sum_i
 * e_i)^2 - sum_i e_i^2], [B, F, d] to [B, 1]. Its gradient with respect to e_i is (sum_j e_j) -
 * e_i.
 */
public final class FmInteraction {
  private FmInteraction() {}

  public static Variable apply(Variable e) {
    Tape tape = e.tape();
    int batch = e.shape().dim(0);
    int fields = e.shape().dim(1);
    int d = e.shape().dim(2);
    int width = fields * d;
    var workers = tape.kernels().workers();
    Variable y = tape.output(e.needsGradient(), batch, 1);
    float[] sums = tape.allocate(batch, d).data();
    Tensor ev = e.value();
    workers.forRows(
        batch,
        width,
        (from, to) -> {
          for (int b = from; b < to; b++) {
            float z = interaction(ev.data(), ev.offset() + b * width, fields, d, sums, b * d);
            y.value().set(b, z);
          }
        });
    tape.record(
        y,
        () -> {
          boolean add = e.startGradient();
          Tensor de = e.gradient();
          workers.forRows(
              batch,
              width,
              (from, to) -> {
                for (int b = from; b < to; b++) {
                  float g = y.gradient().get(b);
                  for (int f = 0; f < fields; f++) {
                    int at = b * width + f * d;
                    fieldGradient(
                        g,
                        sums,
                        b * d,
                        ev.data(),
                        ev.offset() + at,
                        de.data(),
                        de.offset() + at,
                        d,
                        add);
                  }
                }
              });
        });
    return y;
  }

  /** y of one row; leaves the sum of its fields in {@code sums}. */
  private static float interaction(
      float[] e, int from, int fields, int d, float[] sums, int sumAt) {
    Arrays.fill(sums, sumAt, sumAt + d, 0);
    float squares = 0;
    for (int f = 0; f < fields; f++) {
      int at = from + f * d;
      for (int j = 0; j < d; j++) {
        float x = e[at + j];
        sums[sumAt + j] += x;
        squares += x * x;
      }
    }
    float total = 0;
    for (int j = 0; j < d; j++) {
      total += sums[sumAt + j] * sums[sumAt + j];
    }
    return 0.5f * (total - squares);
  }

  private static void fieldGradient(
      float g,
      float[] sums,
      int sumAt,
      float[] e,
      int eAt,
      float[] de,
      int deAt,
      int d,
      boolean add) {
    for (int j = 0; j < d; j++) {
      float grad = g * (sums[sumAt + j] - e[eAt + j]);
      de[deAt + j] = add ? de[deAt + j] + grad : grad;
    }
  }
}

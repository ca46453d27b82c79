package org.recallrank.autograd.ops.fused;

import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.kernels.Workers.Range;
import org.recallrank.tensor.Tensor;

/**
 * The second-order term of a factorisation machine (Rendle 2010): y = 1/2 * sum over d of [(sum_i
 * e_i)^2 - sum_i e_i^2], [B, F, d] to [B, 1]. Its gradient with respect to e_i is (sum_j e_j) -
 * e_i.
 */
public final class FmInteraction {
  private FmInteraction() {}

  /** Of e [B, F, d]. */
  public static Variable apply(Variable e) {
    Tape tape = e.tape();
    int batch = e.shape().dim(0);
    int d = e.shape().dim(2);
    int width = e.shape().dim(1) * d;
    var workers = tape.kernels().workers();
    Variable y = tape.output(e.needsGradient(), batch, 1);
    Tensor sums = tape.allocate(batch, d);
    Tensor ev = e.value();
    Tensor yv = y.value();
    Range sum =
        (from, to) -> {
          for (int b = from; b < to; b++) {
            yv.set(b, interaction(ev, b, width, sums));
          }
        };
    tape.forward(() -> workers.forRows(batch, width, sum));
    tape.record(
        y,
        () -> {
          boolean add = e.startGradient();
          Tensor de = e.gradient();
          Tensor dy = y.gradient();
          workers.forRows(
              batch,
              width,
              (from, to) -> {
                for (int b = from; b < to; b++) {
                  for (int at = b * width; at < (b + 1) * width; at += d) {
                    for (int j = 0; j < d; j++) {
                      float others = sums.get(b * d + j) - ev.get(at + j);
                      de.put(at + j, dy.get(b) * others, add);
                    }
                  }
                }
              });
        });
    return y;
  }

  /** y of row b; leaves the sum of its fields in {@code sums}. */
  private static float interaction(Tensor e, int b, int width, Tensor sums) {
    int d = sums.cols();
    float squares = 0;
    for (int field = 0; field < width; field += d) {
      for (int j = 0; j < d; j++) {
        float x = e.get(b * width + field + j);
        sums.put(b * d + j, x, field > 0);
        squares += x * x;
      }
    }
    float total = 0;
    for (int j = b * d; j < (b + 1) * d; j++) {
      total += sums.get(j) * sums.get(j);
    }
    return 0.5f * (total - squares);
  }
}

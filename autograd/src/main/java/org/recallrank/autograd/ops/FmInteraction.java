package org.recallrank.autograd.ops;

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

  public static Variable apply(Tape tape, Variable e) {
    int batch = e.shape().dim(0);
    int fields = e.shape().dim(1);
    int d = e.shape().dim(2);
    Variable y = tape.output(e.needsGradient(), batch, 1);
    Variable sums = tape.constant(tape.allocate(batch, d));
    Tensor ev = e.value();
    Tensor s = sums.value();
    for (int b = 0; b < batch; b++) {
      float total = 0;
      for (int j = 0; j < d; j++) {
        float sum = 0;
        float squares = 0;
        for (int f = 0; f < fields; f++) {
          float x = ev.get((b * fields + f) * d + j);
          sum += x;
          squares += x * x;
        }
        s.set(b * d + j, sum);
        total += sum * sum - squares;
      }
      y.value().set(b, 0.5f * total);
    }
    tape.record(
        y,
        () -> {
          boolean add = e.startGradient();
          Tensor de = e.gradient();
          for (int b = 0; b < batch; b++) {
            float g = y.gradient().get(b);
            for (int f = 0; f < fields; f++) {
              for (int j = 0; j < d; j++) {
                int at = (b * fields + f) * d + j;
                float grad = g * (s.get(b * d + j) - ev.get(at));
                de.set(at, add ? de.get(at) + grad : grad);
              }
            }
          }
        });
    return y;
  }
}

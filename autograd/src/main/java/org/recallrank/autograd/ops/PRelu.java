package org.recallrank.autograd.ops;

import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.tensor.Tensor;

/** y = x where x &gt; 0, else slope * x, with one learnt slope (He et al. 2015). */
public final class PRelu {
  private PRelu() {}

  /**
   * @param slope one element
   */
  public static Variable apply(Tape tape, Variable x, Variable slope) {
    Checks.size("prelu", "slope", slope, 1);
    Variable y = tape.output(x.needsGradient() || slope.needsGradient(), x.shape().toArray());
    Tensor xv = x.value();
    float a = slope.value().get(0);
    for (int i = 0; i < xv.size(); i++) {
      float v = xv.get(i);
      y.value().set(i, v > 0 ? v : a * v);
    }
    tape.record(
        y,
        () -> {
          Tensor dy = y.gradient();
          if (x.needsGradient()) {
            boolean add = x.startGradient();
            Tensor dx = x.gradient();
            for (int i = 0; i < xv.size(); i++) {
              float g = xv.get(i) > 0 ? dy.get(i) : a * dy.get(i);
              dx.set(i, add ? dx.get(i) + g : g);
            }
          }
          if (slope.needsGradient()) {
            double sum = 0;
            for (int i = 0; i < xv.size(); i++) {
              if (!(xv.get(i) > 0)) {
                sum += (double) dy.get(i) * xv.get(i);
              }
            }
            boolean add = slope.startGradient();
            slope.gradient().set(0, (add ? slope.gradient().get(0) : 0) + (float) sum);
          }
        });
    return y;
  }
}

package org.recallrank.autograd.ops;

import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.tensor.Tensor;

/**
 * y = x where x &gt; 0, else slope * x, with one learnt slope a (He et al. 2015). Computed as a * x
 * + (1 - a) * relu(x), which needs no choice by sign: half of the choices would be mispredicted.
 */
public final class PRelu {
  private PRelu() {}

  /**
   * @param slope one element
   */
  public static Variable apply(Variable x, Variable slope) {
    Tape tape = x.tape();
    Checks.size("prelu", "slope", slope, 1);
    var math = tape.kernels().math();
    Variable y = tape.output(x.needsGradient() || slope.needsGradient(), x.shape());
    Tensor xv = x.value();
    Tensor yv = y.value();
    int n = xv.size();
    float[] positive = tape.allocate(n).data();
    float a = slope.value().get(0);
    math.relu(xv.data(), xv.offset(), positive, 0, n);
    math.scale(a, xv.data(), xv.offset(), yv.data(), yv.offset(), n, false);
    math.scale(1 - a, positive, 0, yv.data(), yv.offset(), n, true);
    tape.record(
        y,
        () -> {
          Tensor dy = y.gradient();
          if (x.needsGradient()) {
            boolean add = x.startGradient();
            Tensor dx = x.gradient();
            math.scale(a, dy.data(), dy.offset(), dx.data(), dx.offset(), n, add);
            math.reluGradient(
                positive, 0, dy.data(), dy.offset(), 1 - a, dx.data(), dx.offset(), n, true);
          }
          if (slope.needsGradient()) {
            double all = math.dot(dy.data(), dy.offset(), xv.data(), xv.offset(), n);
            double ofPositive = math.dot(dy.data(), dy.offset(), positive, 0, n);
            Tensor da = slope.gradientToAddTo();
            da.set(0, da.get(0) + (float) (all - ofPositive));
          }
        });
    return y;
  }
}

package org.recallrank.autograd.ops;

import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.kernels.Vec;

/**
 * y = x where x &gt; 0, else slope * x, with one learnt slope a (He et al. 2015). Computed as a * x
 * + (1 - a) * relu(x), which needs no choice by sign: half of the choices would be mispredicted.
 */
public final class PRelu {
  private PRelu() {}

  /**
   * Of x in any shape, which the result has too.
   *
   * @param slope one element
   */
  public static Variable apply(Variable x, Variable slope) {
    Tape tape = x.tape();
    var math = tape.kernels().math();
    ShapeChecks.size("prelu", "slope", slope, 1);
    Variable y = tape.output(x.needsGradient() || slope.needsGradient(), x.shape());
    Vec positive = tape.allocate(x.value().size()).vec();
    float a = slope.value().get(0);
    Vec from = x.vec();
    Vec to = y.vec();
    tape.forward(
        () -> {
          math.relu(from, positive);
          math.scale(a, from, to, false);
          math.scale(1 - a, positive, to, true);
        });
    tape.record(
        y,
        () -> {
          Vec dy = y.gradient().vec();
          if (x.needsGradient()) {
            Add.pass(y, x, a);
            math.reluGradient(positive, dy, 1 - a, x.gradient().vec(), true);
          }
          if (slope.needsGradient()) {
            double ofSlope = math.dot(dy, x.vec()) - math.dot(dy, positive);
            slope.gradientToAddTo().add(0, (float) ofSlope);
          }
        });
    return y;
  }
}

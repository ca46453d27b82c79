package org.recallrank.autograd.ops.fused;

import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.autograd.ops.ShapeChecks;
import org.recallrank.tensor.Tensor;

/**
 * A linear layer behind a normalisation, as one matrix: W (gamma * n + beta) + b = A [n ; 1] with
 *
 * <pre>
 * A = [W diag(gamma) | b + W beta]
 * </pre>
 *
 * <p>Whoever applies it need not scale and shift what it has normalised.
 */
public final class NormedLinear {
  private NormedLinear() {}

  /**
   * Records A.
   *
   * @param w [out, in]
   * @param b [out]
   * @param gamma [in]
   * @param beta [in]
   * @return A [out, in + 1]
   */
  public static Variable apply(Variable w, Variable b, Variable gamma, Variable beta) {
    Tape tape = w.tape();
    int out = w.value().rows();
    int in = w.value().cols();
    ShapeChecks.size("normed linear", "b", b, out);
    ShapeChecks.size("normed linear", "gamma", gamma, in);
    ShapeChecks.size("normed linear", "beta", beta, in);
    boolean needsGradient =
        w.needsGradient() || b.needsGradient() || gamma.needsGradient() || beta.needsGradient();
    Variable a = tape.output(needsGradient, out, in + 1);
    tape.forward(() -> forward(w, b, gamma, beta, a.value()));
    tape.record(a, () -> backward(w, b, gamma, beta, a.gradient()));
    return a;
  }

  private static void forward(Variable w, Variable b, Variable gamma, Variable beta, Tensor a) {
    int out = w.value().rows();
    int in = w.value().cols();
    for (int o = 0; o < out; o++) {
      double shift = b.value().get(o);
      for (int i = 0; i < in; i++) {
        float weight = w.value().get(o * in + i);
        a.set(o * (in + 1) + i, weight * gamma.value().get(i));
        shift += (double) weight * beta.value().get(i);
      }
      a.set(o * (in + 1) + in, (float) shift);
    }
  }

  private static void backward(Variable w, Variable b, Variable gamma, Variable beta, Tensor da) {
    int out = w.value().rows();
    int in = w.value().cols();
    Tensor dw = w.needsGradient() ? w.gradientToAddTo() : null;
    Tensor db = b.needsGradient() ? b.gradientToAddTo() : null;
    Tensor dGamma = gamma.needsGradient() ? gamma.gradientToAddTo() : null;
    Tensor dBeta = beta.needsGradient() ? beta.gradientToAddTo() : null;
    for (int o = 0; o < out; o++) {
      float shift = da.get(o * (in + 1) + in);
      if (db != null) {
        db.set(o, db.get(o) + shift);
      }
      for (int i = 0; i < in; i++) {
        int at = o * in + i;
        float scaled = da.get(o * (in + 1) + i);
        float weight = w.value().get(at);
        if (dw != null) {
          float d = scaled * gamma.value().get(i) + shift * beta.value().get(i);
          dw.set(at, dw.get(at) + d);
        }
        if (dGamma != null) {
          dGamma.set(i, dGamma.get(i) + weight * scaled);
        }
        if (dBeta != null) {
          dBeta.set(i, dBeta.get(i) + weight * shift);
        }
      }
    }
  }
}

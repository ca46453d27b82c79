package org.recallrank.kernels.scalar;

import org.recallrank.kernels.Workers;
import org.recallrank.kernels.base.OptimizerBase;

/**
 * The update rules element by element, in float, in the order of operations that PyTorch uses.
 * Other backends extend this where a plain loop is as good.
 */
public class ScalarOptimizer extends OptimizerBase {
  public ScalarOptimizer(Workers workers) {
    super(workers);
  }

  @Override
  protected double adamRange(
      float[] w,
      int wOffset,
      float[] m,
      float[] v,
      int stateOffset,
      float[] g,
      int gOffset,
      int n,
      AdamStep step) {
    float beta1 = (float) step.beta1();
    float beta2 = (float) step.beta2();
    float rest1 = (float) (1 - step.beta1());
    float rest2 = (float) (1 - step.beta2());
    double sum = 0;
    for (int i = 0; i < n; i++) {
      float old = w[wOffset + i];
      float gradient = step.gradientScale() * (g[gOffset + i] + step.lambda() * old);
      float mean = beta1 * m[stateOffset + i] + rest1 * gradient;
      float square = beta2 * v[stateOffset + i] + rest2 * (gradient * gradient);
      float root = (float) Math.sqrt(square);
      float updated =
          old - step.stepSize() * (mean / (root / step.rootOfCorrection() + step.epsilon()));
      m[stateOffset + i] = mean;
      v[stateOffset + i] = square;
      w[wOffset + i] = updated;
      sum += (double) updated * updated;
    }
    return sum;
  }

  @Override
  protected double sgdRange(
      float[] w, int wOffset, float[] g, int gOffset, int n, float rate, float lambda) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      float old = w[wOffset + i];
      float updated = old - rate * (g[gOffset + i] + lambda * old);
      w[wOffset + i] = updated;
      sum += (double) updated * updated;
    }
    return sum;
  }

  @Override
  protected double adagradRange(
      float[] w,
      int wOffset,
      float[] s,
      int stateOffset,
      float[] g,
      int gOffset,
      int n,
      float gradientScale,
      float lambda,
      float lr,
      float epsilon) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      float old = w[wOffset + i];
      float gradient = gradientScale * (g[gOffset + i] + lambda * old);
      float state = s[stateOffset + i] + gradient * gradient;
      float updated = old - lr * (gradient / ((float) Math.sqrt(state) + epsilon));
      s[stateOffset + i] = state;
      w[wOffset + i] = updated;
      sum += (double) updated * updated;
    }
    return sum;
  }
}

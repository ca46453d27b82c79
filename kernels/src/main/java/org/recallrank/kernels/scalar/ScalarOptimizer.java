package org.recallrank.kernels.scalar;

import org.recallrank.kernels.Vec;
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
  protected double adam(Moments moments, AdamStep step, int from, int to, float[] g, int gAt) {
    Vec w = moments.w();
    Vec m = moments.m();
    Vec v = moments.v();
    float beta1 = (float) step.beta1();
    float beta2 = (float) step.beta2();
    float rest1 = (float) (1 - step.beta1());
    float rest2 = (float) (1 - step.beta2());
    double sum = 0;
    for (int i = from; i < to; i++) {
      float old = w.get(i);
      float gradient = step.gradientScale() * (g[gAt + i - from] + step.lambda() * old);
      float mean = beta1 * m.get(i) + rest1 * gradient;
      float square = beta2 * v.get(i) + rest2 * (gradient * gradient);
      float root = (float) Math.sqrt(square);
      float updated =
          old - step.stepSize() * (mean / (root / step.rootOfCorrection() + step.epsilon()));
      m.set(i, mean);
      v.set(i, square);
      w.set(i, updated);
      sum += (double) updated * updated;
    }
    return sum;
  }

  @Override
  protected double sgd(Vec w, PlainStep step, int from, int to, float[] g, int gAt) {
    float rate = step.lr() * step.gradientScale();
    double sum = 0;
    for (int i = from; i < to; i++) {
      float updated = w.get(i) - rate * (g[gAt + i - from] + step.lambda() * w.get(i));
      w.set(i, updated);
      sum += (double) updated * updated;
    }
    return sum;
  }

  @Override
  protected double adagrad(
      Squares squares, PlainStep step, float epsilon, int from, int to, float[] g, int gAt) {
    Vec w = squares.w();
    Vec s = squares.s();
    double sum = 0;
    for (int i = from; i < to; i++) {
      float old = w.get(i);
      float gradient = step.gradientScale() * (g[gAt + i - from] + step.lambda() * old);
      float state = s.get(i) + gradient * gradient;
      float updated = old - step.lr() * (gradient / ((float) Math.sqrt(state) + epsilon));
      s.set(i, state);
      w.set(i, updated);
      sum += (double) updated * updated;
    }
    return sum;
  }
}

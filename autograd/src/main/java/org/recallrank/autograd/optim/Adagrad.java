package org.recallrank.autograd.optim;

import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.Map;
import org.recallrank.autograd.Parameter;
import org.recallrank.autograd.RowGradient;
import org.recallrank.kernels.Kernels;
import org.recallrank.tensor.Tensor;

/**
 * Adagrad (Duchi, Hazan, Singer: Adaptive Subgradient Methods, JMLR 2011) with epsilon 1e-10, as
 * PyTorch computes it. Rows of a table that the batch did not touch stay as they are.
 */
public final class Adagrad extends Optimizer {
  private static final float EPSILON = 1e-10f;

  private final Map<Parameter, float[]> squares = new IdentityHashMap<>();

  public Adagrad(
      Kernels kernels,
      Collection<Parameter> parameters,
      Regularizer regularizer,
      double learningRate,
      double maxGradientNorm) {
    super(kernels, parameters, regularizer, learningRate, maxGradientNorm);
    parameters.forEach(p -> squares.put(p, new float[p.value().size()]));
  }

  @Override
  boolean lazyTables() {
    return true;
  }

  @Override
  double update(Parameter p, float gradientScale, float lambda, long step) {
    Tensor w = p.value();
    float[] s = squares.get(p);
    var kernel = kernels().optimizer();
    float lr = (float) learningRate();
    if (!p.isTable()) {
      Tensor g = denseGradient(p);
      return kernel.adagrad(
          w.data(),
          w.offset(),
          s,
          0,
          g.data(),
          g.offset(),
          w.size(),
          gradientScale,
          lambda,
          lr,
          EPSILON);
    }
    RowGradient g = p.rowGradient();
    int dim = w.cols();
    for (int slot = 0; slot < g.count(); slot++) {
      int at = g.rows()[slot] * dim;
      kernel.adagrad(
          w.data(),
          w.offset() + at,
          s,
          at,
          g.values(),
          slot * dim,
          dim,
          gradientScale,
          lambda,
          lr,
          EPSILON);
    }
    return Double.NaN;
  }
}

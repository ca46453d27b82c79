package org.recallrank.autograd.optim;

import java.util.Collection;
import org.recallrank.autograd.Parameter;
import org.recallrank.autograd.RowGradient;
import org.recallrank.kernels.Kernels;
import org.recallrank.tensor.Tensor;

/**
 * Plain stochastic gradient descent: w -= lr * (g + lambda * w). Rows of a table that the batch did
 * not touch stay as they are.
 */
public final class Sgd extends Optimizer {

  public Sgd(
      Kernels kernels,
      Collection<Parameter> parameters,
      Regularizer regularizer,
      double learningRate,
      double maxGradientNorm) {
    super(kernels, parameters, regularizer, learningRate, maxGradientNorm);
  }

  @Override
  boolean lazyTables() {
    return true;
  }

  @Override
  double update(Parameter p, float gradientScale, float lambda, long step) {
    Tensor w = p.value();
    var kernel = kernels().optimizer();
    float lr = (float) learningRate();
    if (!p.isTable()) {
      Tensor g = denseGradient(p);
      return kernel.sgd(
          w.data(), w.offset(), g.data(), g.offset(), w.size(), gradientScale, lambda, lr);
    }
    RowGradient g = p.rowGradient();
    int dim = w.cols();
    for (int s = 0; s < g.count(); s++) {
      kernel.sgd(
          w.data(),
          w.offset() + g.rows()[s] * dim,
          g.values(),
          s * dim,
          dim,
          gradientScale,
          lambda,
          lr);
    }
    return Double.NaN;
  }
}

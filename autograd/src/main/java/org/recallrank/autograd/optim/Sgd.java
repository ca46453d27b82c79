package org.recallrank.autograd.optim;

import java.util.Collection;
import org.recallrank.autograd.Parameter;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.OptimizerKernel.Gradient;
import org.recallrank.kernels.OptimizerKernel.PlainStep;

/**
 * Plain stochastic gradient descent: w -= lr * (g + lambda * w). Rows of a table that the batch did
 * not touch stay as they are.
 */
public final class Sgd extends Optimizer {

  /**
   * Takes over these parameters.
   *
   * @param maxGradientNorm to which the global norm of the gradient is clipped
   * @throws IllegalArgumentException unless learning rate and maximal norm are positive
   */
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
  double update(Parameter p, Gradient gradient, float gradientScale, float lambda) {
    PlainStep step = new PlainStep(gradientScale, lambda, (float) learningRate());
    return kernels().optimizer().sgd(p.value().vec(), gradient, step);
  }
}

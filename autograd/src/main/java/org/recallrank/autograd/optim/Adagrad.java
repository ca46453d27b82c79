package org.recallrank.autograd.optim;

import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.Map;
import org.recallrank.autograd.Parameter;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.OptimizerKernel.Gradient;
import org.recallrank.kernels.OptimizerKernel.PlainStep;
import org.recallrank.kernels.OptimizerKernel.Squares;
import org.recallrank.kernels.Vec;

/**
 * Adagrad (Duchi, Hazan, Singer: Adaptive Subgradient Methods, JMLR 2011) with epsilon 1e-10, as
 * PyTorch computes it. Rows of a table that the batch did not touch stay as they are.
 */
public final class Adagrad extends Optimizer {
  private static final float EPSILON = 1e-10f;

  private final Map<Parameter, Squares> squares = new IdentityHashMap<>();

  /**
   * Takes over these parameters; sums of squares begin as zeros.
   *
   * @param maxGradientNorm to which the global norm of the gradient is clipped
   * @throws IllegalArgumentException unless learning rate and maximal norm are positive
   */
  public Adagrad(
      Kernels kernels,
      Collection<Parameter> parameters,
      Regularizer regularizer,
      double learningRate,
      double maxGradientNorm) {
    super(kernels, parameters, regularizer, learningRate, maxGradientNorm);
    for (Parameter p : parameters) {
      squares.put(p, new Squares(p.value().vec(), Vec.of(new float[p.value().size()])));
    }
  }

  @Override
  boolean lazyTables() {
    return true;
  }

  @Override
  double update(Parameter p, Gradient gradient, float gradientScale, float lambda) {
    PlainStep step = new PlainStep(gradientScale, lambda, (float) learningRate());
    return kernels().optimizer().adagrad(squares.get(p), gradient, step, EPSILON);
  }
}

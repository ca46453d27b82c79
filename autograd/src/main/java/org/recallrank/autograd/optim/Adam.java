package org.recallrank.autograd.optim;

import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.Map;
import org.recallrank.autograd.Parameter;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.OptimizerKernel.AdamStep;
import org.recallrank.kernels.OptimizerKernel.Gradient;
import org.recallrank.kernels.OptimizerKernel.Moments;
import org.recallrank.kernels.Vec;

/**
 * Adam (Kingma, Ba: Adam, A Method for Stochastic Optimization, ICLR 2015) with beta 0.9 and 0.999
 * and epsilon 1e-8, computed as PyTorch does.
 */
public final class Adam extends Optimizer {
  private static final float BETA1 = 0.9f;
  private static final float BETA2 = 0.999f;
  private static final float EPSILON = 1e-8f;

  /** What happens to rows of a table that the batch did not touch. */
  public enum Tables {
    /** They move too, by their momentum and the regulariser: exactly FuxiCTR and PyTorch. */
    DENSE,
    /**
     * They stay, moments and regulariser included, so that a step costs what the batch touches, not
     * what the table holds. Not the same numbers as DENSE: a row is regularised only when it
     * occurs.
     */
    LAZY
  }

  private final Tables tables;
  private final Map<Parameter, Moments> moments = new IdentityHashMap<>();
  private AdamStep constants; // of the last parameter, which the next one mostly shares
  private long constantsOf; // which step

  /**
   * Takes over these parameters; moments begin as zeros.
   *
   * @param maxGradientNorm to which the global norm of the gradient is clipped
   * @throws IllegalArgumentException unless learning rate and maximal norm are positive
   */
  public Adam(
      Kernels kernels,
      Collection<Parameter> parameters,
      Regularizer regularizer,
      double learningRate,
      double maxGradientNorm,
      Tables tables) {
    super(kernels, parameters, regularizer, learningRate, maxGradientNorm);
    this.tables = tables;
    for (Parameter p : parameters) {
      int n = p.value().size();
      moments.put(p, new Moments(p.value().vec(), Vec.of(new float[n]), Vec.of(new float[n])));
    }
  }

  @Override
  boolean lazyTables() {
    return tables == Tables.LAZY;
  }

  @Override
  double update(Parameter p, Gradient gradient, float gradientScale, float lambda) {
    return kernels().optimizer().adam(moments.get(p), gradient, constants(gradientScale, lambda));
  }

  private AdamStep constants(float gradientScale, float lambda) {
    long step = steps();
    if (constantsOf != step || constants.lambda() != lambda) {
      constants =
          new AdamStep(
              gradientScale,
              lambda,
              (float) (learningRate() / (1 - Math.pow(BETA1, step))),
              BETA1,
              BETA2,
              EPSILON,
              (float) Math.sqrt(1 - Math.pow(BETA2, step)));
      constantsOf = step;
    }
    return constants;
  }
}

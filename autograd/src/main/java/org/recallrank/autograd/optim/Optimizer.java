package org.recallrank.autograd.optim;

import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.recallrank.autograd.Parameter;
import org.recallrank.autograd.Parameter.Group;
import org.recallrank.autograd.RowGradient;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.OptimizerKernel.Gradient;
import org.recallrank.kernels.Vec;

/**
 * One training step after the backward pass, in FuxiCTR's order: add the gradient of the
 * regulariser, clip the whole gradient by its global norm, update, forget the gradient.
 *
 * <p>The regulariser is lambda / 2 * ||w||^2 over every element of every parameter, whether the
 * batch touched it or not (FuxiCTR's {@code regularization_loss}). Its gradient lambda * w is never
 * written down: the norm of g + lambda * w is that of g, a product and ||w||^2, and each update
 * adds lambda * w on the way. ||w||^2 itself falls out of the update before. So a step reads and
 * writes a table once.
 *
 * <p>Serves one thread at a time, and nobody else may use its parameters during a step.
 */
public abstract class Optimizer {
  private static final double CLIP_EPSILON = 1e-6; // as torch.nn.utils.clip_grad_norm_

  private static final Vec NOTHING = Vec.of(new float[0]);

  private final Kernels kernels;
  private final List<Parameter> parameters;
  private final Regularizer regularizer;
  private final double maxGradientNorm;
  private final Map<Parameter, SquaredNorm> squaredNorms = new IdentityHashMap<>();
  private double learningRate;
  private long steps;

  /** ||w||^2 of a parameter as of one version of it. */
  private static final class SquaredNorm {
    long version = -1;
    double value;
  }

  /**
   * What a step found.
   *
   * @param regularization the regulariser's loss before the step
   * @param gradientNorm global norm of the gradient, regulariser included, before clipping
   */
  public record Step(double regularization, double gradientNorm) {}

  Optimizer(
      Kernels kernels,
      Collection<Parameter> parameters,
      Regularizer regularizer,
      double learningRate,
      double maxGradientNorm) {
    if (!(learningRate > 0) || !(maxGradientNorm > 0)) {
      throw new IllegalArgumentException(
          "learning rate and maximal gradient norm must be positive, found %s and %s"
              .formatted(learningRate, maxGradientNorm));
    }
    this.kernels = kernels;
    this.parameters = List.copyOf(parameters);
    this.regularizer = regularizer;
    this.learningRate = learningRate;
    this.maxGradientNorm = maxGradientNorm;
    this.parameters.forEach(p -> squaredNorms.put(p, new SquaredNorm()));
  }

  final Kernels kernels() {
    return kernels;
  }

  /** The step size that the next step will take. */
  public final double learningRate() {
    return learningRate;
  }

  /** Sets the step size from the next step on; not checked. */
  public final void setLearningRate(double learningRate) {
    this.learningRate = learningRate;
  }

  /** How many steps have been taken. */
  public final long steps() {
    return steps;
  }

  /**
   * Whether rows of a table that the batch did not touch stay as they are, free of the regulariser
   * too.
   */
  boolean lazyTables() {
    return false;
  }

  /** Updates one parameter and returns the sum of squares of what has been updated. */
  abstract double update(Parameter p, Gradient gradient, float gradientScale, float lambda);

  /**
   * Takes a step with the gradients that the parameters hold.
   *
   * @throws ArithmeticException if the gradient is not finite; nothing has been changed then
   */
  public final Step step() {
    double regularization = 0;
    double squares = 0;
    for (Parameter p : parameters) {
      double lambda = regularizer.lambda(p.group());
      double weights = lambda == 0 ? 0 : squaredNorm(p);
      regularization += lambda / 2 * weights;
      squares += gradientSquares(p, lambda, weights);
    }
    double norm = Math.sqrt(Math.max(squares, 0));
    if (!Double.isFinite(norm)) {
      throw new ArithmeticException("the gradient of " + firstNonFinite() + " is not finite");
    }
    float scale = (float) Math.min(1, maxGradientNorm / (norm + CLIP_EPSILON));
    steps++;
    for (Parameter p : parameters) {
      double after = update(p, gradient(p), scale, (float) regularizer.lambda(p.group()));
      p.clearGradient();
      p.touch();
      SquaredNorm known = squaredNorms.get(p);
      known.value = after;
      known.version = p.version();
    }
    return new Step(regularization, norm);
  }

  /** Where the kernels find the gradient of a parameter: zeros if nothing has flowed back. */
  private Gradient gradient(Parameter p) {
    if (p.isTable()) {
      return lazyTables() ? p.rowGradient().ofRows() : p.rowGradient().ofTable();
    }
    if (!p.hasGradient()) {
      p.gradient().fill(0);
    }
    return p.denseGradient();
  }

  /** What has been written of the gradient of a parameter. */
  private static Vec written(Parameter p) {
    if (p.isTable()) {
      return new Vec(p.rowGradient().values(), 0, p.rowGradient().count() * p.value().cols());
    }
    return p.hasGradient() ? p.gradient().vec() : NOTHING;
  }

  /** ||g + lambda w||^2 = ||g||^2 + 2 lambda g.w + lambda^2 ||w||^2. */
  private double gradientSquares(Parameter p, double lambda, double weights) {
    var math = kernels.math();
    Vec g = written(p);
    double product = 0;
    if (lambda != 0 && p.isTable()) {
      product = sumOverTouched(p, g.data());
    } else if (lambda != 0 && p.hasGradient()) {
      product = math.dot(g, p.value().vec());
    }
    return math.sumOfSquares(g) + 2 * lambda * product + lambda * lambda * weights;
  }

  /** ||w||^2 over what the regulariser sees: everything, or the touched rows of a lazy table. */
  private double squaredNorm(Parameter p) {
    if (p.isTable() && lazyTables()) {
      return sumOverTouched(p, null);
    }
    SquaredNorm known = squaredNorms.get(p);
    if (known.version != p.version()) {
      known.value = kernels.math().sumOfSquares(p.value().vec());
      known.version = p.version();
    }
    return known.value;
  }

  /** The sum over the touched rows of a table of g_s . w_row, or without g of w_row . w_row. */
  private static double sumOverTouched(Parameter table, float[] g) {
    Matrix w = table.value().matrix();
    RowGradient touched = table.rowGradient();
    double sum = 0;
    for (int s = 0; s < touched.count(); s++) {
      int at = w.at(touched.rows()[s], 0);
      for (int j = 0; j < w.cols(); j++) {
        double weight = w.data()[at + j];
        sum += weight * (g == null ? weight : g[s * w.cols() + j]);
      }
    }
    return sum;
  }

  private String firstNonFinite() {
    for (Parameter p : parameters) {
      if (!finite(written(p))) {
        return p.name();
      }
      if (!finite(p.value().vec())) {
        return p.name() + " (its value)";
      }
    }
    return "some parameters taken together";
  }

  private static boolean finite(Vec x) {
    for (int i = 0; i < x.size(); i++) {
      if (!Float.isFinite(x.get(i))) {
        return false;
      }
    }
    return true;
  }

  /**
   * The whole gradient of a parameter, data and regulariser, as an array of its own: for inspection
   * between the backward pass and the step.
   */
  public final float[] totalGradient(Parameter p) {
    float lambda = (float) regularizer.lambda(p.group());
    float[] total = p.value().toArray();
    for (int i = 0; i < total.length; i++) {
      total[i] *= lambda;
    }
    if (p.isTable()) {
      RowGradient g = p.rowGradient();
      int dim = p.value().cols();
      for (int s = 0; s < g.count(); s++) {
        for (int j = 0; j < dim; j++) {
          total[g.rows()[s] * dim + j] += g.values()[s * dim + j];
        }
      }
    } else if (p.hasGradient()) {
      for (int i = 0; i < total.length; i++) {
        total[i] += p.gradient().get(i);
      }
    }
    return total;
  }

  /** Which lambda a group of parameters gets. */
  public record Regularizer(double embedding, double network) {
    /** No regulariser. */
    public static final Regularizer NONE = new Regularizer(0, 0);

    /**
     * Checks the strengths.
     *
     * @throws IllegalArgumentException if one is negative or NaN
     */
    public Regularizer {
      if (!(embedding >= 0) || !(network >= 0)) {
        throw new IllegalArgumentException(
            "regularisers must not be negative: " + embedding + ", " + network);
      }
    }

    double lambda(Group group) {
      return switch (group) {
        case EMBEDDING -> embedding;
        case NETWORK -> network;
        case UNREGULARIZED -> 0;
      };
    }
  }
}

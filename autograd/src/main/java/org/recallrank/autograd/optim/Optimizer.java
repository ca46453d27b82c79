package org.recallrank.autograd.optim;

import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.recallrank.autograd.Parameter;
import org.recallrank.autograd.Parameter.Group;
import org.recallrank.autograd.RowGradient;
import org.recallrank.kernels.Kernels;
import org.recallrank.tensor.Tensor;

/**
 * One training step after the backward pass, in FuxiCTR's order: add the gradient of the
 * regulariser, clip the whole gradient by its global norm, update, forget the gradient.
 *
 * <p>The regulariser is lambda / 2 * ||w||^2 over every element of every parameter, whether the
 * batch touched it or not (FuxiCTR's {@code regularization_loss}). Its gradient lambda * w is never
 * written down: the norm of g + lambda * w is that of g, a product and ||w||^2, and each update
 * adds lambda * w on the way. ||w||^2 itself falls out of the update before. So a step reads and
 * writes a table once.
 */
public abstract class Optimizer {
  private static final double CLIP_EPSILON = 1e-6; // as torch.nn.utils.clip_grad_norm_

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
          "learning rate and maximal gradient norm must be positive, found "
              + learningRate
              + " and "
              + maxGradientNorm);
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

  public final double learningRate() {
    return learningRate;
  }

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

  /** Updates one parameter and returns ||w||^2 afterwards, or NaN if that is not known. */
  abstract double update(Parameter parameter, float gradientScale, float lambda, long step);

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
      double after = update(p, scale, (float) regularizer.lambda(p.group()), steps);
      p.clearGradient();
      p.touch();
      SquaredNorm known = squaredNorms.get(p);
      known.value = after;
      known.version = Double.isNaN(after) ? -1 : p.version();
    }
    return new Step(regularization, norm);
  }

  /** ||g + lambda w||^2 = ||g||^2 + 2 lambda g.w + lambda^2 ||w||^2. */
  private double gradientSquares(Parameter p, double lambda, double weights) {
    var math = kernels.math();
    double own;
    double product = 0;
    Tensor w = p.value();
    if (p.isTable()) {
      RowGradient g = p.rowGradient();
      int dim = w.cols();
      own = math.sumOfSquares(g.values(), 0, g.count() * dim);
      if (lambda != 0) {
        for (int s = 0; s < g.count(); s++) {
          int row = w.offset() + g.rows()[s] * dim;
          for (int j = 0; j < dim; j++) {
            product += (double) g.values()[s * dim + j] * w.data()[row + j];
          }
        }
      }
    } else if (p.hasGradient()) {
      Tensor g = p.gradient();
      own = math.sumOfSquares(g.data(), g.offset(), g.size());
      product = lambda == 0 ? 0 : math.dot(g.data(), g.offset(), w.data(), w.offset(), w.size());
    } else {
      own = 0;
    }
    return own + 2 * lambda * product + lambda * lambda * weights;
  }

  /** ||w||^2 over what the regulariser sees: everything, or the touched rows of a lazy table. */
  private double squaredNorm(Parameter p) {
    Tensor w = p.value();
    if (p.isTable() && lazyTables()) {
      double sum = 0;
      RowGradient g = p.rowGradient();
      for (int s = 0; s < g.count(); s++) {
        int row = w.offset() + g.rows()[s] * w.cols();
        for (int j = 0; j < w.cols(); j++) {
          sum += (double) w.data()[row + j] * w.data()[row + j];
        }
      }
      return sum;
    }
    SquaredNorm known = squaredNorms.get(p);
    if (known.version != p.version()) {
      known.value = kernels.math().sumOfSquares(w.data(), w.offset(), w.size());
      known.version = p.version();
    }
    return known.value;
  }

  private String firstNonFinite() {
    for (Parameter p : parameters) {
      float[] g = p.isTable() ? p.rowGradient().values() : p.gradient().data();
      int n = p.isTable() ? p.rowGradient().count() * p.value().cols() : p.value().size();
      for (int i = 0; i < n && (p.isTable() || p.hasGradient()); i++) {
        if (!Float.isFinite(g[i])) {
          return p.name();
        }
      }
      for (float w : p.value().toArray()) {
        if (!Float.isFinite(w)) {
          return p.name() + " (its value)";
        }
      }
    }
    return "some parameters taken together";
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

  /** The dense gradient of a parameter, zeros if nothing has flowed back. */
  static Tensor denseGradient(Parameter p) {
    if (!p.hasGradient()) {
      p.gradient().fill(0);
    }
    return p.gradient();
  }

  /** Which lambda a group of parameters gets. */
  public record Regularizer(double embedding, double network) {
    public static final Regularizer NONE = new Regularizer(0, 0);

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

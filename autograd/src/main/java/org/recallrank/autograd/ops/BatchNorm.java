package org.recallrank.autograd.ops;

import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.kernels.Affine;
import org.recallrank.kernels.BatchNormKernel;
import org.recallrank.kernels.BatchNormKernel.After;
import org.recallrank.kernels.BatchNormKernel.Gradients;
import org.recallrank.kernels.BatchNormKernel.Moments;
import org.recallrank.kernels.BatchNormKernel.Pass;
import org.recallrank.kernels.Vec;
import org.recallrank.tensor.Tensor;

/**
 * Batch normalisation, fused with the ReLU and dropout behind it ({@link BatchNormKernel}). A
 * single row has no variance: it is normalised by statistics that are given, which are then
 * constants to the gradient.
 */
public final class BatchNorm {
  private BatchNorm() {}

  /**
   * What to normalise by; all of as many elements as there are columns.
   *
   * @param mean of the columns
   * @param variance of the columns, biased
   * @param ofBatch whether the two are those of the input itself: the operation writes them, then
   *     runs {@code measured}, and the gradient flows through them. Else they are given
   * @param measured what else is done with the batch's statistics
   */
  public record Norm(
      Variable gamma,
      Variable beta,
      Vec mean,
      Vec variance,
      boolean ofBatch,
      float epsilon,
      Runnable measured) {

    /** By statistics that are given. */
    public static Norm given(Variable gamma, Variable beta, Vec mean, Vec variance, float epsilon) {
      return new Norm(gamma, beta, mean, variance, false, epsilon, () -> {});
    }

    /** Gamma and beta. */
    public Affine affine() {
      return new Affine(gamma.vec(), beta.vec());
    }

    /** Where the gradients of gamma and beta are to be added. */
    public Affine gradient() {
      return new Affine(gamma.gradientToAddTo().vec(), beta.gradientToAddTo().vec());
    }
  }

  /**
   * Normalises the columns; the result is a matrix [rows, cols].
   *
   * @param x [rows, cols]; two rows or more if the statistics are its own
   * @param dropout probability, 0 outside of training
   */
  public static Variable apply(Variable x, Norm norm, boolean relu, float dropout) {
    Tape tape = x.tape();
    BatchNormKernel kernel = tape.kernels().batchNorm();
    int rows = x.value().rows();
    int cols = x.value().cols();
    ShapeChecks.size("batch norm", "gamma", norm.gamma(), cols);
    ShapeChecks.size("batch norm", "beta", norm.beta(), cols);
    if (norm.ofBatch()) {
      kernel.moments(x.matrix(), norm.mean(), norm.variance());
      norm.measured().run();
    }
    Moments moments = new Moments(tape.allocate(cols).vec(), tape.allocate(cols).vec());
    for (int j = 0; j < cols; j++) {
      moments.mean().set(j, norm.mean().get(j));
      double variance = (double) norm.variance().get(j) + norm.epsilon();
      moments.invStd().set(j, (float) (1 / Math.sqrt(variance)));
    }
    After after = new After(relu, dropout, dropout > 0 ? tape.nextSeed() : 0);
    boolean needsGradient =
        x.needsGradient() || norm.gamma().needsGradient() || norm.beta().needsGradient();
    Variable y = tape.output(needsGradient, rows, cols);
    Pass pass = new Pass(x.matrix(), moments, norm.affine(), after, y.matrix());
    tape.forward(() -> kernel.forward(pass));
    tape.record(
        y,
        () -> {
          Affine affine = norm.gradient();
          boolean add = x.needsGradient() && x.startGradient();
          Tensor dx = x.needsGradient() ? x.gradient() : tape.allocate(rows, cols);
          Gradients gradients = new Gradients(dx.matrix(), add, affine);
          if (norm.ofBatch()) {
            kernel.backward(pass, y.gradient().matrix(), gradients);
          } else {
            backwardOfGiven(pass, y.gradient().vec(), gradients);
          }
        });
    return y;
  }

  /** With mean and variance constant. */
  private static void backwardOfGiven(Pass pass, Vec dy, Gradients gradients) {
    Vec x = pass.x().flat();
    Vec y = pass.y().flat();
    Vec dx = gradients.dx().flat();
    Affine d = gradients.affine();
    float dropout = pass.after().p();
    boolean masked = pass.after().relu() || dropout > 0;
    for (int e = 0; e < x.size(); e++) {
      int j = e % pass.x().cols();
      float invStd = pass.moments().invStd().get(j);
      float g = masked && y.get(e) == 0 ? 0 : dy.get(e) / (1 - dropout);
      float centered = x.get(e) - pass.moments().mean().get(j);
      d.gamma().set(j, d.gamma().get(j) + g * centered * invStd);
      d.beta().set(j, d.beta().get(j) + g);
      float dxe = g * pass.affine().gamma().get(j) * invStd;
      dx.set(e, gradients.accumulate() ? dx.get(e) + dxe : dxe);
    }
  }
}

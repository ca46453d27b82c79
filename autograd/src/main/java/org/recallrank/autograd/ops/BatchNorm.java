package org.recallrank.autograd.ops;

import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.kernels.BatchNormKernel;
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
      float[] mean,
      float[] variance,
      boolean ofBatch,
      float epsilon,
      Runnable measured) {

    /** By statistics that are given. */
    public static Norm given(
        Variable gamma, Variable beta, float[] mean, float[] variance, float epsilon) {
      return new Norm(gamma, beta, mean, variance, false, epsilon, () -> {});
    }

    /**
     * Checks that gamma and beta are whole tensors of {@code cols} elements.
     *
     * @param op which operation asks, for the message
     * @throws IllegalArgumentException if one is not
     */
    public void check(String op, int cols) {
      Checks.size(op, "gamma", gamma, cols);
      Checks.size(op, "beta", beta, cols);
      Checks.whole(op, "gamma", gamma);
      Checks.whole(op, "beta", beta);
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
    Variable gamma = norm.gamma();
    Variable beta = norm.beta();
    BatchNormKernel kernel = tape.kernels().batchNorm();
    int rows = x.value().rows();
    int cols = x.value().cols();
    norm.check("batch norm", cols);
    if (norm.ofBatch()) {
      kernel.moments(
          x.value().data(), x.value().offset(), rows, cols, norm.mean(), norm.variance());
      norm.measured().run();
    }
    float[] center = tape.allocate(cols).data();
    float[] invStd = tape.allocate(cols).data();
    for (int j = 0; j < cols; j++) {
      center[j] = norm.mean()[j];
      invStd[j] = (float) (1 / Math.sqrt((double) norm.variance()[j] + norm.epsilon()));
    }
    long seed = dropout > 0 ? tape.nextSeed() : 0;
    Variable y =
        tape.output(x.needsGradient() || gamma.needsGradient() || beta.needsGradient(), rows, cols);
    Tensor xv = x.value();
    Tensor yv = y.value();
    kernel.forward(
        xv.data(),
        xv.offset(),
        rows,
        cols,
        center,
        invStd,
        gamma.value().data(),
        beta.value().data(),
        relu,
        dropout,
        seed,
        yv.data(),
        yv.offset());
    tape.record(
        y,
        () -> {
          Tensor dGamma = gamma.gradientToAddTo();
          Tensor dBeta = beta.gradientToAddTo();
          boolean add = x.needsGradient() && x.startGradient();
          Tensor dy = y.gradient();
          Tensor dx = x.needsGradient() ? x.gradient() : tape.allocate(rows, cols);
          if (!norm.ofBatch()) {
            boolean masked = relu || dropout > 0;
            for (int e = 0; e < rows * cols; e++) {
              int j = e % cols;
              float g = masked && yv.get(e) == 0 ? 0 : dy.get(e) / (1 - dropout);
              dGamma.set(j, dGamma.get(j) + g * (xv.get(e) - center[j]) * invStd[j]);
              dBeta.set(j, dBeta.get(j) + g);
              float dxe = g * gamma.value().get(j) * invStd[j];
              dx.set(e, add ? dx.get(e) + dxe : dxe);
            }
            return;
          }
          kernel.backward(
              xv.data(),
              xv.offset(),
              yv.data(),
              yv.offset(),
              dy.data(),
              dy.offset(),
              rows,
              cols,
              center,
              invStd,
              gamma.value().data(),
              relu,
              dropout,
              dx.data(),
              dx.offset(),
              add,
              dGamma.data(),
              dBeta.data());
        });
    return y;
  }
}

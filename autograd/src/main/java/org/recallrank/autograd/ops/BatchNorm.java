package org.recallrank.autograd.ops;

import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.kernels.BatchNormKernel;
import org.recallrank.tensor.Tensor;

/**
 * Batch normalisation with the batch's own statistics, fused with the ReLU and dropout behind it
 * ({@link BatchNormKernel}). A single row has no variance: it is normalised by the statistics
 * given, which are then constants to the gradient.
 */
public final class BatchNorm {
  private BatchNorm() {}

  /**
   * @param x [rows, cols]
   * @param mean of the columns; in training with two rows or more those of x itself, and the
   *     gradient flows through them
   * @param variance of the columns, biased; likewise
   * @param dropout probability, 0 outside of training
   */
  public static Variable apply(
      Tape tape,
      Variable x,
      Variable gamma,
      Variable beta,
      float[] mean,
      float[] variance,
      float epsilon,
      boolean relu,
      float dropout) {
    BatchNormKernel kernel = tape.kernels().batchNorm();
    int rows = x.value().rows();
    int cols = x.value().cols();
    Checks.size("batch norm", "gamma", gamma, cols);
    Checks.size("batch norm", "beta", beta, cols);
    Checks.whole("batch norm", "gamma", gamma);
    Checks.whole("batch norm", "beta", beta);
    float[] center = tape.allocate(cols).data();
    float[] invStd = tape.allocate(cols).data();
    for (int j = 0; j < cols; j++) {
      center[j] = mean[j];
      invStd[j] = (float) (1 / Math.sqrt((double) variance[j] + epsilon));
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
          if (!gamma.startGradient()) {
            gamma.gradient().fill(0);
          }
          if (!beta.startGradient()) {
            beta.gradient().fill(0);
          }
          boolean add = x.needsGradient() && x.startGradient();
          Tensor dy = y.gradient();
          Tensor dx = x.needsGradient() ? x.gradient() : tape.allocate(rows, cols);
          if (rows == 1) {
            boolean masked = relu || dropout > 0;
            for (int j = 0; j < cols; j++) {
              float g = masked && yv.get(j) == 0 ? 0 : dy.get(j) / (1 - dropout);
              Tensor dGamma = gamma.gradient();
              dGamma.set(j, dGamma.get(j) + g * (xv.get(j) - center[j]) * invStd[j]);
              Tensor dBeta = beta.gradient();
              dBeta.set(j, dBeta.get(j) + g);
              float dxj = g * gamma.value().get(j) * invStd[j];
              dx.set(j, add ? dx.get(j) + dxj : dxj);
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
              gamma.gradient().data(),
              beta.gradient().data());
        });
    return y;
  }
}

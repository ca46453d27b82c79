package org.recallrank.autograd.nn;

import org.recallrank.autograd.Parameter;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.autograd.ops.BatchNorm;
import org.recallrank.tensor.Tensor;

/**
 * PyTorch's BatchNorm1d: in training the batch's mean and biased variance, and running statistics
 * with momentum 0.1 (unbiased variance); in evaluation the running ones. Epsilon 1e-5.
 *
 * <p>In training a single row, where PyTorch fails, is normalised by the running statistics and
 * leaves them as they are: it has no variance, and normalised by itself it would be all zeros.
 */
public final class BatchNormLayer {
  private static final float EPSILON = 1e-5f;
  private static final float MOMENTUM = 0.1f;

  private final Parameter gamma;
  private final Parameter beta;
  private final Tensor runningMean;
  private final Tensor runningVariance;
  private final long[] batches;

  public BatchNormLayer(ParameterSet set, String name, int features) {
    gamma = set.dense(name + ".weight", Parameter.Group.NETWORK, Init.constant(1), features);
    beta = set.dense(name + ".bias", Parameter.Group.NETWORK, Init.constant(0), features);
    runningMean = set.buffer(name + ".running_mean", Init.constant(0), features);
    runningVariance = set.buffer(name + ".running_var", Init.constant(1), features);
    batches = set.counter(name + ".num_batches_tracked");
  }

  /** Normalises x [rows, features], then applies a ReLU and, in training, dropout if asked. */
  public Variable apply(Tape tape, Variable x, boolean relu, float dropout) {
    int rows = x.value().rows();
    int cols = x.value().cols();
    if (!tape.training() || rows == 1) {
      return BatchNorm.apply(
          tape,
          x,
          tape.parameter(gamma),
          tape.parameter(beta),
          runningMean.data(),
          runningVariance.data(),
          EPSILON,
          relu,
          tape.training() ? dropout : 0);
    }
    float[] mean = tape.allocate(cols).data();
    float[] variance = tape.allocate(cols).data();
    tape.kernels()
        .batchNorm()
        .moments(x.value().data(), x.value().offset(), rows, cols, mean, variance);
    batches[0]++;
    float unbiased = (float) rows / (rows - 1);
    for (int j = 0; j < cols; j++) {
      runningMean.set(j, (1 - MOMENTUM) * runningMean.get(j) + MOMENTUM * mean[j]);
      runningVariance.set(
          j, (1 - MOMENTUM) * runningVariance.get(j) + MOMENTUM * unbiased * variance[j]);
    }
    return BatchNorm.apply(
        tape,
        x,
        tape.parameter(gamma),
        tape.parameter(beta),
        mean,
        variance,
        EPSILON,
        relu,
        dropout);
  }
}

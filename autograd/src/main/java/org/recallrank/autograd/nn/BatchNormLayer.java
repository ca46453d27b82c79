package org.recallrank.autograd.nn;

import org.recallrank.autograd.Parameter;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.autograd.ops.BatchNorm;
import org.recallrank.kernels.Vec;
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

  /**
   * Adds {@code name.weight} from 1, {@code name.bias} from 0 and the running statistics.
   *
   * @param features columns of the input
   */
  public BatchNormLayer(ParameterSet set, String name, int features) {
    gamma = set.dense(name + ".weight", Parameter.Group.NETWORK, Init.constant(1), features);
    beta = set.dense(name + ".bias", Parameter.Group.NETWORK, Init.constant(0), features);
    runningMean = set.buffer(name + ".running_mean", Init.constant(0), features);
    runningVariance = set.buffer(name + ".running_var", Init.constant(1), features);
    batches = set.counter(name + ".num_batches_tracked");
  }

  /** Normalises x [rows, features], then applies a ReLU and, in training, dropout if asked. */
  public Variable apply(Variable x, boolean relu, float dropout) {
    Tape tape = x.tape();
    return BatchNorm.apply(x, norm(tape, x.value().rows()), relu, tape.training() ? dropout : 0);
  }

  /**
   * Changes a linear layer, so that it does by itself what this does behind it in evaluation.
   *
   * @param w [features, in]
   * @param b [features]
   */
  void foldInto(Tensor w, Tensor b) {
    int in = w.cols();
    for (int j = 0; j < b.size(); j++) {
      double s = gamma.value().get(j) / Math.sqrt((double) runningVariance.get(j) + EPSILON);
      for (int i = j * in; i < (j + 1) * in; i++) {
        w.set(i, (float) (s * w.get(i)));
      }
      double shifted = (double) b.get(j) - runningMean.get(j);
      b.set(j, (float) (s * shifted + beta.value().get(j)));
    }
  }

  /** What the next operation of the tape is to normalise this many rows by. */
  BatchNorm.Norm norm(Tape tape, int rows) {
    Variable g = tape.parameter(gamma);
    Variable b = tape.parameter(beta);
    if (!tape.training() || rows == 1) {
      return BatchNorm.Norm.given(g, b, runningMean.vec(), runningVariance.vec(), EPSILON);
    }
    Vec mean = tape.allocate(runningMean.size()).vec();
    Vec variance = tape.allocate(runningMean.size()).vec();
    return new BatchNorm.Norm(
        g, b, mean, variance, true, EPSILON, () -> remember(mean, variance, rows));
  }

  private void remember(Vec mean, Vec variance, int rows) {
    batches[0]++;
    float unbiased = (float) rows / (rows - 1);
    for (int j = 0; j < runningMean.size(); j++) {
      runningMean.set(j, (1 - MOMENTUM) * runningMean.get(j) + MOMENTUM * mean.get(j));
      runningVariance.set(
          j, (1 - MOMENTUM) * runningVariance.get(j) + MOMENTUM * unbiased * variance.get(j));
    }
  }
}

package org.recallrank.autograd.ops.fused;

import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.kernels.MatMulKernel;
import org.recallrank.kernels.MatMulKernel.Epilogue;
import org.recallrank.kernels.Matrix;

/**
 * The loss of a two-tower model whose negatives are the other items of the batch, corrected for how
 * often an item turns up as one (Yi et al., RecSys 2019): with s_ij = u_i . v_j / temperature -
 * logQ_j, the mean over i of -ln softmax_i(s)_i. A second occurrence of item i in the batch is no
 * negative for row i and is masked.
 */
public final class InBatchSoftmax {
  private InBatchSoftmax() {}

  /**
   * Records the loss.
   *
   * @param users [n, d]
   * @param items [n, d], row i the positive of user i
   * @param itemIds [n]
   * @param logQ [n] log of the item's sampling probability
   * @return a scalar
   */
  public static Variable apply(
      Variable users, Variable items, int[] itemIds, float[] logQ, float temperature) {
    Tape tape = users.tape();
    if (!users.shape().equals(items.shape())) {
      throw new IllegalArgumentException(
          "in-batch softmax: users are " + users.shape() + ", items " + items.shape());
    }
    Matrix u = users.matrix();
    Matrix v = items.matrix();
    int n = u.rows();
    MatMulKernel matMul = tape.kernels().matMul();
    Matrix scores = tape.allocate(n, n).matrix();
    float[] s = scores.data();
    float inverse = 1 / temperature;
    matMul.gemm(u, v.t(), scores, Epilogue.NONE, inverse, 0);
    tape.kernels()
        .workers()
        .forChunks(
            n,
            i -> {
              for (int j = 0; j < n; j++) {
                boolean repeated = j != i && itemIds[j] == itemIds[i];
                s[i * n + j] = repeated ? Float.NEGATIVE_INFINITY : s[i * n + j] - logQ[j];
              }
            });
    tape.kernels().math().softmaxRows(scores, scores);
    double loss = 0;
    for (int i = 0; i < n; i++) {
      loss -= Math.log(Math.max(s[i * n + i], Float.MIN_NORMAL));
    }
    Variable result = tape.output(users.needsGradient() || items.needsGradient());
    result.value().set(0, (float) (loss / n));
    tape.record(
        result,
        () -> {
          float factor = result.gradient().get(0) * inverse / n;
          for (int i = 0; i < n; i++) {
            s[i * n + i] -= 1; // d loss / d s = softmax - one-hot, in place
          }
          if (users.needsGradient()) {
            float beta = users.startGradient() ? 1 : 0;
            matMul.gemm(scores, v, users.gradient().matrix(), Epilogue.NONE, factor, beta);
          }
          if (items.needsGradient()) {
            float beta = items.startGradient() ? 1 : 0;
            matMul.gemm(scores.t(), u, items.gradient().matrix(), Epilogue.NONE, factor, beta);
          }
        });
    return result;
  }
}

package org.recallrank.autograd.ops.fused;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.recallrank.autograd.GradientCheck.values;

import org.junit.jupiter.api.Test;
import org.recallrank.autograd.GradientCheck;
import org.recallrank.autograd.HostBackends;
import org.recallrank.autograd.Tape;
import org.recallrank.tensor.Tensor;

class InBatchSoftmaxTest {
  private static final int N = 4;
  private static final int D = 3;
  private static final float TEMPERATURE = 0.5f;

  private static final int[] ITEM_IDS = {7, 2, 7, 5}; // rows 0 and 2 are no negatives of each other
  private static final float[] LOG_Q = {-0.5f, -2, -0.5f, -1};

  private final Tensor users = values(91, N, D);
  private final Tensor items = values(92, N, D);

  @Test
  void lossOfEachPositiveAmongTheOtherItems() {
    double loss = 0;
    for (int i = 0; i < N; i++) {
      double sum = 0;
      double own = 0;
      for (int j = 0; j < N; j++) {
        double score = -LOG_Q[j];
        for (int k = 0; k < D; k++) {
          score += (double) users.get(i * D + k) * items.get(j * D + k) / TEMPERATURE;
        }
        if (j == i || ITEM_IDS[j] != ITEM_IDS[i]) {
          sum += Math.exp(score);
        }
        own = j == i ? score : own;
      }
      loss += (Math.log(sum) - own) / N;
    }
    GradientCheck.of(users, items)
        .run(
            new double[] {loss},
            in -> InBatchSoftmax.apply(in[0], in[1], ITEM_IDS, LOG_Q, TEMPERATURE));
  }

  @Test
  void towersOfDifferentSizesAreAnError() {
    Tape tape = new Tape(HostBackends.scalar());
    assertThatThrownBy(
            () ->
                InBatchSoftmax.apply(
                    tape.constant(users),
                    tape.constant(Tensor.zeros(N + 1, D)),
                    ITEM_IDS,
                    LOG_Q,
                    TEMPERATURE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[4, 3]")
        .hasMessageContaining("[5, 3]");
  }
}

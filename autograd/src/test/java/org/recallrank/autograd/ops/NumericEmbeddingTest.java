package org.recallrank.autograd.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.recallrank.autograd.GradientCheck.values;

import org.junit.jupiter.api.Test;
import org.recallrank.autograd.GradientCheck;
import org.recallrank.autograd.HostBackends;
import org.recallrank.autograd.Parameter;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.tensor.Rng;
import org.recallrank.tensor.Tensor;

class NumericEmbeddingTest {
  private static final int ROWS = 4;
  private static final int DIM = 3;
  private static final float[] FIRST = {0.5f, -2, 0, 1.25f};
  private static final float[] SECOND = {3, 1, -0.75f, 0.125f};

  private final Tensor w = values(151, DIM, 1);
  private final Tensor v = values(152, DIM, 1);

  /** Two fields side by side. */
  @Test
  void numberTimesVector() {
    double[] expected = new double[ROWS * 2 * DIM];
    for (int i = 0; i < ROWS; i++) {
      for (int j = 0; j < DIM; j++) {
        expected[i * 2 * DIM + j] = (double) FIRST[i] * w.get(j);
        expected[i * 2 * DIM + DIM + j] = (double) SECOND[i] * v.get(j);
      }
    }
    GradientCheck.of(w, v)
        .run(
            expected,
            in -> {
              Variable target = in[0].tape().output(true, ROWS, 2, DIM);
              NumericEmbedding.apply(in[0], FIRST, target, 0, true);
              NumericEmbedding.apply(in[1], SECOND, target, DIM, true);
              return target;
            });
  }

  @Test
  void noGradientUnlessDifferentiated() {
    Parameter p = Parameter.dense("w", Parameter.Group.NETWORK, w);
    Tape tape = new Tape(HostBackends.scalar());
    tape.startTraining(new Rng(1));
    Variable target = tape.output(true, ROWS, DIM);
    NumericEmbedding.apply(tape.parameter(p), FIRST, target, 0, false);
    tape.backward(RowSum.apply(target.reshape(1, ROWS * DIM)));
    assertThat(p.hasGradient()).isFalse();
  }
}

package org.recallrank.autograd.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.recallrank.autograd.GradientCheck.values;

import org.junit.jupiter.api.Test;
import org.recallrank.autograd.GradientCheck;
import org.recallrank.autograd.HostBackends;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.kernels.CounterHash;
import org.recallrank.tensor.Rng;
import org.recallrank.tensor.Tensor;

class DropoutTest {
  private final Tensor x = values(61, 5, 4);

  @Test
  void dropsAndScales() {
    float p = 0.3f;
    long seed = new Rng(GradientCheck.SEED).nextLong();
    double[] expected = GradientCheck.doubles(x);
    int dropped = 0;
    for (int i = 0; i < expected.length; i++) {
      boolean keep = CounterHash.keep(seed, i, p);
      expected[i] = keep ? expected[i] / (1 - (double) p) : 0;
      dropped += keep ? 0 : 1;
    }
    assertThat(dropped).isBetween(1, 19);
    GradientCheck.of(x).run(expected, in -> Dropout.apply(in[0], p));
  }

  @Test
  void eachCallDropsOthers() {
    Tape tape = new Tape(HostBackends.scalar());
    tape.startTraining(new Rng(1));
    Variable in = tape.constant(x);
    assertThat(Dropout.apply(in, 0.5f).value().toArray())
        .isNotEqualTo(Dropout.apply(in, 0.5f).value().toArray());
  }

  @Test
  void nothingOutsideOfTrainingOrForZero() {
    Tape tape = new Tape(HostBackends.scalar());
    tape.startEvaluation();
    Variable in = tape.constant(x);
    assertThat(Dropout.apply(in, 0.5f)).isSameAs(in);
    tape.startTraining(new Rng(1));
    in = tape.constant(x);
    assertThat(Dropout.apply(in, 0)).isSameAs(in);
  }
}

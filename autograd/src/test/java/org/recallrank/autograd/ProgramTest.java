package org.recallrank.autograd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.recallrank.autograd.nn.Mlp;
import org.recallrank.autograd.nn.ParameterSet;
import org.recallrank.autograd.ops.Concat;
import org.recallrank.autograd.ops.Sigmoid;
import org.recallrank.kernels.KernelSelector;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.Workers;
import org.recallrank.tensor.Rng;
import org.recallrank.tensor.Tensor;

class ProgramTest {
  private static final Workers WORKERS = Workers.create(1);
  private static final Kernels KERNELS = new KernelSelector().select(null, WORKERS).kernels();
  private static final int WIDTH = 5;

  private final Mlp mlp =
      new Mlp(new ParameterSet(new Rng(1)), "mlp", WIDTH, List.of(7), false, 0, 3);
  private final Tensor input = Tensor.zeros(9, WIDTH);

  @AfterAll
  static void close() {
    WORKERS.close();
  }

  /** Of the first rows of the input. */
  private Variable pass(Tape tape, int rows) {
    Variable x = tape.constant(input.view(0, rows, WIDTH));
    return Sigmoid.apply(Concat.apply(x, mlp.apply(x)));
  }

  private void put(long seed) {
    Rng rng = new Rng(seed);
    for (int i = 0; i < input.size(); i++) {
      input.set(i, (float) rng.nextGaussian());
    }
  }

  private float[] alone(int rows) {
    Tape tape = new Tape(KERNELS);
    tape.startEvaluation();
    return pass(tape, rows).value().toArray();
  }

  @Test
  void runsOnWhateverStandsInItsArrays() {
    Tape tape = new Tape(KERNELS);
    Variable[] out = new Variable[1];
    Program program = tape.capture(() -> out[0] = pass(tape, 9));
    for (int seed = 1; seed < 4; seed++) {
      put(seed);
      program.run();
      assertThat(out[0].value().toArray()).isEqualTo(alone(9));
    }
  }

  @Test
  void nothingIsComputedWhileItIsCaptured() {
    Tape tape = new Tape(KERNELS);
    put(1);
    boolean[] ran = new boolean[1];
    Program program = tape.capture(() -> tape.forward(() -> ran[0] = true));
    assertThat(ran[0]).isFalse();
    program.run();
    assertThat(ran[0]).isTrue();
  }

  /** Smaller and larger ones, captured in any order, on one tape. */
  @Test
  void passesOfATapeDoNotDisturbEachOther() {
    Tape tape = new Tape(KERNELS);
    int[] sizes = {4, 9, 1, 6};
    Variable[] out = new Variable[sizes.length];
    Program[] programs = new Program[sizes.length];
    for (int i = 0; i < sizes.length; i++) {
      int which = i;
      programs[i] = tape.capture(() -> out[which] = pass(tape, sizes[which]));
    }
    for (int round = 0; round < 8; round++) {
      put(round);
      int i = round % sizes.length;
      programs[i].run();
      assertThat(out[i].value().toArray()).isEqualTo(alone(sizes[i]));
    }
  }

  @Test
  void aTapeKeepsOneThingForEach() {
    Tape tape = new Tape(KERNELS);
    Object first = new Object();
    assertThat(tape.own("a", () -> first)).isSameAs(first);
    tape.startEvaluation();
    assertThat(tape.own("a", Object::new)).as("from step to step").isSameAs(first);
    assertThat(tape.own("b", Object::new)).isNotSameAs(first);
  }
}

package org.recallrank.autograd.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.recallrank.autograd.GradientCheck.values;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.recallrank.autograd.Backends;
import org.recallrank.autograd.GradientCheck;
import org.recallrank.autograd.Parameter;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.kernels.MatMulKernel.Activation;
import org.recallrank.tensor.Rng;
import org.recallrank.tensor.Tensor;

class RecomputeTest {
  private static final int ROWS = 5;
  private static final int IN = 3;
  private static final int OUT = 2;

  private final Tensor x = values(261, ROWS, IN);
  private final Tensor w = values(262, OUT, IN);

  private static Variable layer(Tape tape, Variable x, Variable w) {
    return Tanh.apply(
        tape, Scale.apply(tape, Linear.apply(tape, x, w, null, Activation.NONE), .25f));
  }

  private double[] expected() {
    double[] y = new double[ROWS * OUT];
    for (int i = 0; i < y.length; i++) {
      double sum = 0;
      for (int j = 0; j < IN; j++) {
        sum += (double) x.get(i / OUT * IN + j) * w.get(i % OUT * IN + j);
      }
      y[i] = Math.tanh(sum / 4);
    }
    return y;
  }

  @Test
  void blocksMakeUpTheWhole() {
    for (int rowsPerBlock : new int[] {1, 2, ROWS, 100}) {
      GradientCheck.of(x, w)
          .run(
              expected(),
              (tape, in) ->
                  Recompute.apply(
                      tape,
                      ROWS,
                      OUT,
                      rowsPerBlock,
                      (inner, from, to) -> layer(inner, in[0].slice(from, to), in[1])));
    }
  }

  /** A block whose result is the outer variable itself, untouched. */
  @Test
  void aBlockMayPassItsInputOn() {
    GradientCheck.of(x)
        .run(
            GradientCheck.doubles(x),
            (tape, in) ->
                Recompute.apply(tape, ROWS, IN, 2, (inner, from, to) -> in[0].slice(from, to)));
  }

  @Test
  void blocksShareTheArraysOfOneBlock() {
    Tape tape = new Tape(Backends.scalar());
    Parameter p = Parameter.dense("x", Parameter.Group.NETWORK, x);
    List<float[]> arrays = new ArrayList<>();
    for (int step = 0; step < 2; step++) {
      p.clearGradient();
      tape.startTraining(new Rng(1));
      Variable y =
          Recompute.apply(
              tape,
              4,
              IN,
              1,
              (inner, from, to) -> {
                Variable part = Tanh.apply(inner, tape.parameter(p).slice(from, to));
                arrays.add(part.value().data());
                return part;
              });
      tape.backward(RowSum.apply(tape, y.reshape(1, 4 * IN)));
    }
    assertThat(arrays).hasSize(16).allSatisfy(a -> assertThat(a).isSameAs(arrays.get(0)));
  }

  @Test
  void aBlockOfAnotherSizeIsAnError() {
    Tape tape = new Tape(Backends.scalar());
    var in = tape.constant(x);
    assertThatThrownBy(() -> Recompute.apply(tape, ROWS, IN, 2, (inner, from, to) -> in))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("rows 0 to 2 of width 3")
        .hasMessageContaining("[5, 3]");
  }
}

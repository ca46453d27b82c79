package org.recallrank.autograd.ops.fused;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.recallrank.autograd.GradientCheck.values;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.recallrank.autograd.GradientCheck;
import org.recallrank.autograd.HostBackends;
import org.recallrank.autograd.Parameter;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.autograd.ops.RowSum;
import org.recallrank.kernels.CounterHash;
import org.recallrank.kernels.Kernels;
import org.recallrank.tensor.Rng;
import org.recallrank.tensor.Tensor;

class AttentionTest {

  private static Tensor[] inputs(int rows, int fields, int width) {
    return new Tensor[] {
      values(141, rows, fields, width),
      values(142, rows, fields, width),
      values(143, rows, fields, width)
    };
  }

  /** The definition; {@code seed} is that of the first random op of a step. */
  private static double[] expected(Tensor[] in, int heads, double scale, float dropout, long seed) {
    int rows = in[0].shape().dim(0);
    int fields = in[0].shape().dim(1);
    int width = in[0].shape().dim(2);
    int headWidth = width / heads;
    double[] y = new double[in[0].size()];
    for (int b = 0; b < rows; b++) {
      for (int h = 0; h < heads; h++) {
        for (int i = 0; i < fields; i++) {
          double[] weights = new double[fields];
          double sum = 0;
          for (int j = 0; j < fields; j++) {
            double score = 0;
            for (int c = h * headWidth; c < (h + 1) * headWidth; c++) {
              score +=
                  (double) in[0].get((b * fields + i) * width + c)
                      * in[1].get((b * fields + j) * width + c);
            }
            weights[j] = Math.exp(scale * score);
            sum += weights[j];
          }
          for (int j = 0; j < fields; j++) {
            int position = ((b * heads + h) * fields + i) * fields + j;
            boolean keep = CounterHash.keep(seed, position, dropout);
            double weight = keep ? weights[j] / sum / (1 - (double) dropout) : 0;
            for (int c = h * headWidth; c < (h + 1) * headWidth; c++) {
              y[(b * fields + i) * width + c] += weight * in[2].get((b * fields + j) * width + c);
            }
          }
        }
      }
    }
    return y;
  }

  private static void check(int rows, int fields, int width, int heads, float scale) {
    Tensor[] in = inputs(rows, fields, width);
    GradientCheck.of(in)
        .run(
            expected(in, heads, scale, 0, 0),
            x -> Attention.apply(x[0], x[1], x[2], heads, scale, 0));
  }

  @Test
  void oneHead() {
    check(3, 3, 5, 1, 0.25f);
  }

  @Test
  void severalHeads() {
    check(2, 4, 6, 3, 0.25f);
  }

  @Test
  void headsOfOneColumnWithoutScale() {
    check(2, 2, 4, 4, 1);
  }

  @Test
  void headsWiderThanAVector() {
    check(1, 3, 38, 2, 0.0625f);
  }

  @Test
  void aSingleFieldTakesItsOwnValue() {
    Tensor[] in = inputs(3, 1, 4);
    GradientCheck.of(in[2])
        .run(
            GradientCheck.doubles(in[2]),
            x -> {
              Tape tape = x[0].tape();
              return Attention.apply(tape.constant(in[0]), tape.constant(in[1]), x[0], 2, 1, 0);
            });
  }

  @Test
  void dropsWeights() {
    Tensor[] in = inputs(3, 3, 4);
    long seed = new Rng(GradientCheck.SEED).nextLong();
    GradientCheck.of(in)
        .run(
            expected(in, 2, 0.25f, 0.4f, seed),
            x -> Attention.apply(x[0], x[1], x[2], 2, 0.25f, 0.4f));
  }

  @Test
  void dropsNothingOutsideOfTraining() {
    Tensor[] in = inputs(3, 3, 4);
    for (Kernels kernels : HostBackends.all()) {
      Tape tape = new Tape(kernels);
      tape.startEvaluation();
      Variable y =
          Attention.apply(
              tape.constant(in[0]), tape.constant(in[1]), tape.constant(in[2]), 2, 1, 0.4f);
      GradientCheck.assertClose(kernels.name(), expected(in, 2, 1, 0, 0), y.value());
    }
  }

  /** One variable as query, key and value: its gradients come together. */
  @Test
  void ofItself() {
    Tensor x = values(144, 2, 3, 4);
    GradientCheck.of(x)
        .run(
            expected(new Tensor[] {x, x, x}, 2, 0.25f, 0, 0),
            in -> Attention.apply(in[0], in[0], in[0], 2, 0.25f, 0));
  }

  /** Many rows, cut into chunks, give what few rows at a time give, bit by bit. */
  @Test
  void rowsDoNotSeeEachOther() {
    int rows = 150;
    Tensor[] in = inputs(rows, 5, 64);
    for (Kernels kernels : HostBackends.all()) {
      float[][] whole = run(kernels, in);
      int part = 30;
      int floats = part * 5 * 64;
      for (int from = 0; from < rows * 5 * 64; from += floats) {
        Tensor[] slice = new Tensor[3];
        for (int i = 0; i < 3; i++) {
          slice[i] = Tensor.zeros(part, 5, 64);
          slice[i].copyFrom(Arrays.copyOfRange(in[i].data(), from, from + floats));
        }
        float[][] few = run(kernels, slice);
        for (int i = 0; i < few.length; i++) {
          assertThat(few[i])
              .as("%s, result %d from %d", kernels.name(), i, from)
              .isEqualTo(Arrays.copyOfRange(whole[i], from, from + floats));
        }
      }
    }
  }

  /** The value and three gradients of the sum of all outputs. */
  private static float[][] run(Kernels kernels, Tensor[] in) {
    Tape tape = new Tape(kernels);
    tape.startTraining(new Rng(1));
    Parameter[] p = new Parameter[3];
    for (int i = 0; i < 3; i++) {
      p[i] = Parameter.dense("p" + i, Parameter.Group.NETWORK, in[i]);
    }
    Variable y =
        Attention.apply(
            tape.parameter(p[0]), tape.parameter(p[1]), tape.parameter(p[2]), 2, 0.1f, 0);
    tape.backward(RowSum.apply(y.reshape(1, y.value().size())));
    return new float[][] {
      y.value().toArray(),
      p[0].gradient().toArray(),
      p[1].gradient().toArray(),
      p[2].gradient().toArray()
    };
  }

  @Test
  void headsThatDoNotFitAreAnError() {
    Tape tape = new Tape(HostBackends.scalar());
    Variable x = tape.constant(values(1, 2, 3, 4));
    assertThatThrownBy(() -> Attention.apply(x, x, x, 3, 1, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("attention: 4 columns cannot be split into 3 equal heads");
    assertThatThrownBy(() -> Attention.apply(x, x, x.select(0), 1, 1, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[2, 3, 4] and [3, 4] differ in size");
  }
}

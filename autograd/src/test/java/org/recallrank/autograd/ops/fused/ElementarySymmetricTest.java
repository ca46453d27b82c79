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
import org.recallrank.kernels.Kernels;
import org.recallrank.tensor.Rng;
import org.recallrank.tensor.Tensor;

class ElementarySymmetricTest {
  /** By definition: over every set of fields, the product of its fields. */
  private static double[] expected(Tensor x, int order) {
    int batch = x.shape().dim(0);
    int fields = x.shape().dim(1);
    int d = x.shape().dim(2);
    double[] y = new double[batch * order * d];
    for (int b = 0; b < batch; b++) {
      for (int j = 0; j < d; j++) {
        for (int set = 1; set < 1 << fields; set++) {
          double product = 1;
          for (int f = 0; f < fields; f++) {
            product *= (set >> f & 1) != 0 ? x.get((b * fields + f) * d + j) : 1;
          }
          int k = Integer.bitCount(set);
          if (k <= order) {
            y[(b * order + k - 1) * d + j] += product;
          }
        }
      }
    }
    return y;
  }

  private static void check(Tensor x, int order) {
    GradientCheck.of(x).run(expected(x, order), in -> ElementarySymmetric.apply(in[0], order));
  }

  @Test
  void sumsOfProductsOfEachSetOfFields() {
    check(values(241, 2, 4, 3), 3);
  }

  @Test
  void everyOrderThereIs() {
    check(values(242, 2, 5, 2), 5);
  }

  @Test
  void orderOneIsTheSum() {
    check(values(243, 3, 3, 2), 1);
  }

  @Test
  void oneField() {
    check(values(244, 3, 1, 2), 2);
  }

  @Test
  void ordersBeyondTheFieldsAreExactlyZero() {
    int order = 5;
    int fields = 3;
    int d = 4;
    Tensor x = values(245, 2, fields, d);
    check(x, order);
    Tape tape = new Tape(HostBackends.scalar());
    tape.startEvaluation();
    Tensor y = ElementarySymmetric.apply(tape.constant(x), order).value();
    for (int b = 0; b < 2; b++) {
      int row = b * order * d;
      assertThat(Arrays.copyOfRange(y.toArray(), row + fields * d, row + order * d))
          .containsOnly(0f);
    }
  }

  /** Several chunks, the last of them short, and blocks of several rows and of one. */
  @Test
  void largeBatches() {
    checkLarge(1003, 10);
    checkLarge(37, 300);
  }

  private static void checkLarge(int batch, int d) {
    int fields = 3;
    int order = 4;
    Parameter x = Parameter.dense("x", Parameter.Group.NETWORK, values(246, batch, fields, d));
    double[] gradient = new double[x.value().size()];
    for (int b = 0; b < batch; b++) {
      for (int f = 0; f < fields; f++) {
        for (int j = 0; j < d; j++) {
          // Of the sum of all e_k, whose sets are those without f, and those with f added.
          double product = 1;
          for (int g = 0; g < fields; g++) {
            product *= g == f ? 1 : 1 + x.value().get((b * fields + g) * d + j);
          }
          gradient[(b * fields + f) * d + j] = product;
        }
      }
    }
    for (Kernels kernels : HostBackends.all()) {
      Tape tape = new Tape(kernels);
      tape.startTraining(new Rng(0));
      Variable y = ElementarySymmetric.apply(tape.parameter(x), order);
      GradientCheck.assertClose(kernels.name(), expected(x.value(), order), y.value());
      x.clearGradient();
      tape.backward(RowSum.apply(y.reshape(1, y.value().size())));
      GradientCheck.assertClose(kernels.name() + ", gradient", gradient, x.gradient());
    }
  }

  @Test
  void anOrderBelowOneIsAnError() {
    Tape tape = new Tape(HostBackends.scalar());
    var x = tape.constant(values(247, 1, 2, 2));
    assertThatThrownBy(() -> ElementarySymmetric.apply(x, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least 1: 0");
  }
}

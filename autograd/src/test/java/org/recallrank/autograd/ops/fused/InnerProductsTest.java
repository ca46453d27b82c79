package org.recallrank.autograd.ops.fused;

import static org.assertj.core.api.Assertions.assertThat;
import static org.recallrank.autograd.GradientCheck.values;

import org.junit.jupiter.api.Test;
import org.recallrank.autograd.GradientCheck;
import org.recallrank.autograd.HostBackends;
import org.recallrank.autograd.Tape;
import org.recallrank.tensor.Tensor;

class InnerProductsTest {
  private static double[] expected(Tensor e) {
    int batch = e.shape().dim(0);
    int fields = e.shape().dim(1);
    int d = e.shape().dim(2);
    double[] y = new double[batch * fields * (fields - 1) / 2];
    int p = 0;
    for (int b = 0; b < batch; b++) {
      for (int f = 0; f < fields; f++) {
        for (int g = f + 1; g < fields; g++) {
          for (int j = 0; j < d; j++) {
            y[p] += (double) e.get((b * fields + f) * d + j) * e.get((b * fields + g) * d + j);
          }
          p++;
        }
      }
    }
    return y;
  }

  private static void check(Tensor e) {
    GradientCheck.of(e).run(expected(e), in -> InnerProducts.apply(in[0]));
  }

  @Test
  void productOfEachPair() {
    check(values(231, 2, 4, 3));
  }

  @Test
  void columnsThatFillVectorsAndLeaveARest() {
    check(values(232, 2, 3, 18));
  }

  @Test
  void twoFieldsMakeOnePair() {
    check(values(233, 3, 2, 2));
  }

  @Test
  void oneFieldMakesNone() {
    Tape tape = new Tape(HostBackends.scalar());
    tape.startEvaluation();
    var y = InnerProducts.apply(tape.constant(values(234, 3, 1, 2)));
    assertThat(y.shape().toArray()).containsExactly(3, 0);
  }
}

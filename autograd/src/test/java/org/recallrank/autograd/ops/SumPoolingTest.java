package org.recallrank.autograd.ops;

import static org.recallrank.autograd.GradientCheck.values;

import org.junit.jupiter.api.Test;
import org.recallrank.autograd.GradientCheck;
import org.recallrank.kernels.Ids;
import org.recallrank.tensor.Tensor;

class SumPoolingTest {
  private static final int[] INDEX = {3, 0, 3, 1, 1, 4, 0, 2};

  private static double[] expected(Tensor x, int length) {
    int d = x.cols();
    double[] y = new double[INDEX.length / length * d];
    for (int p = 0; p < INDEX.length; p++) {
      for (int j = 0; j < d; j++) {
        y[p / length * d + j] += x.get(INDEX[p] * d + j);
      }
    }
    return y;
  }

  @Test
  void addsTheRowsOfEachGroup() {
    for (int d : new int[] {1, 7, 17}) {
      for (int length : new int[] {1, 2, 4, 8}) {
        Tensor x = values(61 + d, 5, d);
        GradientCheck.of(x)
            .run(expected(x, length), in -> SumPooling.apply(in[0], Ids.of(INDEX), length));
      }
    }
  }

  @Test
  void addsToAGradientThatIsThere() {
    Tensor x = values(62, 5, 3);
    double[] twice = expected(x, 2);
    for (int i = 0; i < twice.length; i++) {
      twice[i] *= 2;
    }
    GradientCheck.of(x)
        .run(
            twice,
            in ->
                Add.apply(
                    SumPooling.apply(in[0], Ids.of(INDEX), 2),
                    SumPooling.apply(in[0], Ids.of(INDEX), 2)));
  }
}

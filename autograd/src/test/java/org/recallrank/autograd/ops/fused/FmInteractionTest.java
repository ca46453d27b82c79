package org.recallrank.autograd.ops.fused;

import static org.recallrank.autograd.GradientCheck.values;

import org.junit.jupiter.api.Test;
import org.recallrank.autograd.GradientCheck;
import org.recallrank.tensor.Tensor;

class FmInteractionTest {
  @Test
  void sumOfAllPairs() {
    int batch = 2;
    int fields = 4;
    int d = 3;
    Tensor e = values(81, batch, fields, d);
    double[] expected = new double[batch];
    for (int b = 0; b < batch; b++) {
      for (int f = 0; f < fields; f++) {
        for (int g = f + 1; g < fields; g++) {
          for (int j = 0; j < d; j++) {
            expected[b] +=
                (double) e.get((b * fields + f) * d + j) * e.get((b * fields + g) * d + j);
          }
        }
      }
    }
    GradientCheck.of(e).run(expected, in -> FmInteraction.apply(in[0]));
  }
}

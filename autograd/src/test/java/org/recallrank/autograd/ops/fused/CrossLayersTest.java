package org.recallrank.autograd.ops.fused;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.recallrank.autograd.GradientCheck.values;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.recallrank.autograd.GradientCheck;
import org.recallrank.autograd.HostBackends;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.tensor.Tensor;

class CrossLayersTest {
  /** Layer by layer, as the paper has it. */
  private static double[] expected(Tensor x0, Tensor[] w, Tensor[] b) {
    int n = x0.cols();
    double[] x = GradientCheck.doubles(x0);
    for (int l = 0; l < w.length; l++) {
      for (int i = 0; i < x0.rows(); i++) {
        double dot = 0;
        for (int j = 0; j < n; j++) {
          dot += w[l].get(j) * x[i * n + j];
        }
        for (int j = 0; j < n; j++) {
          x[i * n + j] += dot * x0.get(i * n + j) + b[l].get(j);
        }
      }
    }
    return x;
  }

  private static void check(int rows, int n, int layers) {
    Tensor[] in = new Tensor[1 + 2 * layers];
    Tensor[] w = new Tensor[layers];
    Tensor[] b = new Tensor[layers];
    in[0] = values(251, rows, n);
    for (int l = 0; l < layers; l++) {
      w[l] = values(252 + l, 1, n);
      b[l] = values(262 + l, n);
      in[1 + l] = w[l];
      in[1 + layers + l] = b[l];
    }
    GradientCheck.of(in)
        .run(
            expected(in[0], w, b),
            v -> {
              Variable[] wv = Arrays.copyOfRange(v, 1, 1 + layers);
              Variable[] bv = Arrays.copyOfRange(v, 1 + layers, 1 + 2 * layers);
              return CrossLayers.apply(v[0], wv, bv);
            });
  }

  @Test
  void oneLayer() {
    check(3, 4, 1);
  }

  @Test
  void severalLayers() {
    check(3, 4, 3);
  }

  @Test
  void columnsThatFillVectorsAndLeaveARest() {
    check(2, 19, 2);
  }

  @Test
  void weightsOfAnotherSizeAreAnError() {
    Tape tape = new Tape(HostBackends.scalar());
    Variable x = tape.constant(values(271, 2, 3));
    Variable[] narrow = {tape.constant(values(272, 1, 2))};
    Variable[] fit = {tape.constant(values(273, 3))};
    assertThatThrownBy(() -> CrossLayers.apply(x, narrow, fit))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("w needs 3 elements");
    assertThatThrownBy(() -> CrossLayers.apply(x, fit, narrow))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("b needs 3 elements");
  }
}

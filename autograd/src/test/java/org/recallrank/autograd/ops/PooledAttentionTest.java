package org.recallrank.autograd.ops;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.recallrank.autograd.GradientCheck.values;

import org.junit.jupiter.api.Test;
import org.recallrank.autograd.Backends;
import org.recallrank.autograd.GradientCheck;
import org.recallrank.autograd.Tape;
import org.recallrank.tensor.Tensor;

class PooledAttentionTest {
  private static final int ROWS = 2;
  private static final int LENGTH = 3;
  private static final int WIDTH = 4;

  private final Tensor q = halved(241, ROWS);
  private final Tensor k = halved(242, ROWS * LENGTH);
  private final Tensor v = values(243, ROWS * LENGTH, WIDTH);
  private final Tensor w = values(244, ROWS, LENGTH);

  /** Scores that leave the softmax where it still bends. */
  private static Tensor halved(long seed, int rows) {
    Tensor tensor = values(seed, rows, WIDTH);
    for (int i = 0; i < tensor.size(); i++) {
      tensor.set(i, tensor.get(i) / 2);
    }
    return tensor;
  }

  private double[] expected(int heads, double scale) {
    int dh = WIDTH / heads;
    double[] y = new double[ROWS * WIDTH];
    for (int row = 0; row < ROWS; row++) {
      for (int h = 0; h < heads; h++) {
        double[] e = new double[LENGTH];
        double sum = 0;
        for (int j = 0; j < LENGTH; j++) {
          double score = 0;
          for (int c = h * dh; c < (h + 1) * dh; c++) {
            score += (double) q.get(row * WIDTH + c) * k.get((row * LENGTH + j) * WIDTH + c);
          }
          e[j] = Math.exp(scale * score);
          sum += e[j];
        }
        for (int j = 0; j < LENGTH; j++) {
          int pair = row * LENGTH + j;
          for (int c = h * dh; c < (h + 1) * dh; c++) {
            y[row * WIDTH + c] += e[j] / sum * w.get(pair) * v.get(pair * WIDTH + c);
          }
        }
      }
    }
    return y;
  }

  @Test
  void oneQueryOverTheListOfARow() {
    for (int heads : new int[] {1, 2, 4}) {
      GradientCheck.of(q, k, v, w)
          .run(
              expected(heads, 0.5),
              (tape, in) -> PooledAttention.apply(tape, in[0], in[1], in[2], in[3], heads, 0.5f));
    }
  }

  @Test
  void sizesThatDoNotFitAreErrors() {
    Tape tape = new Tape(Backends.scalar());
    var query = tape.constant(q);
    var keys = tape.constant(k);
    var weights = tape.constant(w);
    assertThatThrownBy(() -> PooledAttention.apply(tape, query, keys, keys, weights, 3, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a multiple of 3 heads");
    assertThatThrownBy(() -> PooledAttention.apply(tape, query, keys, query, weights, 1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("equal lists for 2 rows");
    assertThatThrownBy(() -> PooledAttention.apply(tape, query, keys, keys, query, 1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("w needs 6 elements");
  }
}

package org.recallrank.autograd.ops;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.recallrank.autograd.GradientCheck.values;

import org.junit.jupiter.api.Test;
import org.recallrank.autograd.Backends;
import org.recallrank.autograd.GradientCheck;
import org.recallrank.autograd.Tape;
import org.recallrank.tensor.Tensor;

class BlockAttentionTest {
  private static final int BLOCKS = 2;
  private static final int LK = 3;
  private static final int WIDTH = 4;

  private final Tensor k = halved(242, BLOCKS * LK);
  private final Tensor v = values(243, BLOCKS * LK, WIDTH);
  private final Tensor w = values(244, BLOCKS, LK);

  /** Scores that leave the softmax where it still bends. */
  private static Tensor halved(long seed, int rows) {
    Tensor tensor = values(seed, rows, WIDTH);
    for (int i = 0; i < tensor.size(); i++) {
      tensor.set(i, tensor.get(i) / 2);
    }
    return tensor;
  }

  private double[] expected(Tensor q, Tensor weights, int heads, double scale) {
    int lq = q.rows() / BLOCKS;
    int dh = WIDTH / heads;
    double[] y = new double[q.size()];
    for (int b = 0; b < BLOCKS; b++) {
      for (int i = b * lq; i < (b + 1) * lq; i++) {
        for (int h = 0; h < heads; h++) {
          double[] e = new double[LK];
          double sum = 0;
          for (int j = 0; j < LK; j++) {
            double score = 0;
            for (int c = h * dh; c < (h + 1) * dh; c++) {
              score += (double) q.get(i * WIDTH + c) * k.get((b * LK + j) * WIDTH + c);
            }
            e[j] = Math.exp(scale * score);
            sum += e[j];
          }
          for (int j = 0; j < LK; j++) {
            int row = b * LK + j;
            double weight = e[j] / sum * (weights == null ? 1 : weights.get(row));
            for (int c = h * dh; c < (h + 1) * dh; c++) {
              y[i * WIDTH + c] += weight * v.get(row * WIDTH + c);
            }
          }
        }
      }
    }
    return y;
  }

  @Test
  void oneHeadOverTheRowsOfABlock() {
    Tensor q = halved(241, BLOCKS * 2);
    GradientCheck.of(q, k, v)
        .run(
            expected(q, null, 1, 1),
            (tape, in) -> BlockAttention.apply(tape, in[0], in[1], in[2], null, BLOCKS, 1, 1));
  }

  @Test
  void headsScaleAndWeightedValues() {
    Tensor q = halved(245, BLOCKS);
    GradientCheck.of(q, k, v, w)
        .run(
            expected(q, w, 2, 0.5),
            (tape, in) -> BlockAttention.apply(tape, in[0], in[1], in[2], in[3], BLOCKS, 2, 0.5f));
  }

  @Test
  void oneVariableInEveryPlace() {
    v.copyFrom(k.toArray());
    GradientCheck.of(k)
        .run(
            expected(k, null, 2, 0.5),
            (tape, in) -> BlockAttention.apply(tape, in[0], in[0], in[0], null, BLOCKS, 2, 0.5f));
  }

  @Test
  void sizesThatDoNotFitAreErrors() {
    Tape tape = new Tape(Backends.scalar());
    var keys = tape.constant(k);
    assertThatThrownBy(() -> BlockAttention.apply(tape, keys, keys, keys, null, BLOCKS, 3, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a multiple of 3 heads");
    assertThatThrownBy(() -> BlockAttention.apply(tape, keys, keys, keys, null, 4, 1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("4 blocks");
    var few = tape.constant(Tensor.zeros(2));
    assertThatThrownBy(() -> BlockAttention.apply(tape, keys, keys, keys, few, BLOCKS, 1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("w needs 6 elements");
  }
}

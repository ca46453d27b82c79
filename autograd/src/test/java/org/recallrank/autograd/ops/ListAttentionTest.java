package org.recallrank.autograd.ops;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.recallrank.autograd.GradientCheck.values;

import org.junit.jupiter.api.Test;
import org.recallrank.autograd.Backends;
import org.recallrank.autograd.GradientCheck;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.ops.RowListsTest.Sample;
import org.recallrank.tensor.Tensor;

class ListAttentionTest {
  private static final int ENTITIES = 4;
  private static final int WIDTH = 4;

  private final RowLists lists = Sample.LISTS;
  private final Tensor q = halved(281);
  private final Tensor k = halved(282);
  private final Tensor v = values(283, ENTITIES, WIDTH);

  /** Scores that leave the softmax where it still bends. */
  private static Tensor halved(long seed) {
    Tensor tensor = values(seed, ENTITIES, WIDTH);
    for (int i = 0; i < tensor.size(); i++) {
      tensor.set(i, tensor.get(i) / 2);
    }
    return tensor;
  }

  /** The definition, row by row. */
  private double[] expected(Tensor w, int from, int to, int heads, double scale) {
    int length = lists.length();
    int dh = WIDTH / heads;
    double[] y = new double[(to - from) * length * WIDTH];
    for (int row = from; row < to; row++) {
      for (int h = 0; h < heads; h++) {
        for (int i = 0; i < length; i++) {
          int query = Sample.entity(lists, row, i);
          double[] e = new double[length];
          double sum = 0;
          for (int j = 0; j < length; j++) {
            int key = Sample.entity(lists, row, j);
            double score = 0;
            for (int c = h * dh; c < (h + 1) * dh; c++) {
              score += (double) q.get(query * WIDTH + c) * k.get(key * WIDTH + c);
            }
            e[j] = Math.exp(scale * score);
            sum += e[j];
          }
          for (int j = 0; j < length; j++) {
            int key = Sample.entity(lists, row, j);
            double weight = e[j] / sum * w.get((row - from) * length + j);
            for (int c = h * dh; c < (h + 1) * dh; c++) {
              y[((row - from) * length + i) * WIDTH + c] += weight * v.get(key * WIDTH + c);
            }
          }
        }
      }
    }
    return y;
  }

  private void check(int from, int to, int heads, float scale) {
    Tensor w = values(284, to - from, lists.length());
    GradientCheck.of(q, k, v, w)
        .run(
            expected(w, from, to, heads, scale),
            (tape, in) ->
                ListAttention.apply(
                    tape, in[0], in[1], in[2], in[3], lists, from, to, heads, scale));
  }

  @Test
  void oneHeadOverAllRows() {
    check(0, 4, 1, 1);
  }

  /** The block begins and ends inside of a list's rows. */
  @Test
  void headsAndScaleOverSomeRows() {
    check(0, 2, 2, 0.5f);
    check(2, 4, 2, 0.5f);
    check(1, 3, 4, 0.5f);
  }

  @Test
  void sizesThatDoNotFitAreErrors() {
    Tape tape = new Tape(Backends.scalar());
    var e = tape.constant(q);
    var w = tape.constant(Tensor.zeros(4, lists.length()));
    assertThatThrownBy(() -> ListAttention.apply(tape, e, e, e, w, lists, 0, 4, 3, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a multiple of 3 heads");
    assertThatThrownBy(() -> ListAttention.apply(tape, e, e, e, w, lists, 0, 3, 1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("w needs 9 elements");
  }
}

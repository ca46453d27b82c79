package org.recallrank.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EmbeddingTest {
  private static final int AT = BackendsUnderTest.LEFT;
  private static final int[] DIMS = {1, 3, 4, 8, 10, 15, 16, 17, 33, 64};

  static Stream<Kernels> backends() {
    return BackendsUnderTest.all();
  }

  private static int[] indices(Random random, int n, int rows) {
    int[] index = new int[n + 2];
    for (int i = 0; i < index.length; i++) {
      index[i] = random.nextInt(rows);
    }
    return index;
  }

  @ParameterizedTest
  @MethodSource("backends")
  void gatherCopiesRows(Kernels kernels) {
    Random random = new Random(1);
    for (int dim : DIMS) {
      for (int n : new int[] {0, 1, 2, 100, 3000}) {
        int rows = 37;
        float[] table = BackendsUnderTest.random(random, 5 + rows * dim, 1);
        int[] index = indices(random, n, rows);
        int ld = dim + 3;
        float[] out = BackendsUnderTest.bordered(n * ld);
        kernels
            .embedding()
            .gather(
                new Matrix(table, 5, rows, dim),
                new Ids(index, 2, n),
                new Matrix(out, AT, n, dim, ld));
        for (int i = 0; i < n * ld; i++) {
          int j = i % ld;
          float expected =
              j < dim ? table[5 + index[2 + i / ld] * dim + j] : BackendsUnderTest.BORDER;
          assertThat(out[AT + i]).isEqualTo(expected);
        }
        BackendsUnderTest.assertBorders(out, n * ld, "gather");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void pooledRowsAreSummedOrAveragedOverRowsThatAreNotZero(Kernels kernels) {
    Random random = new Random(2);
    for (int dim : DIMS) {
      for (int length : new int[] {0, 1, 3, 7}) {
        int rows = 11;
        int n = 29;
        float[] table = BackendsUnderTest.random(random, 1 + rows * dim, 1);
        java.util.Arrays.fill(table, 1, 1 + dim, 0); // row 0 is padding
        int[] index = indices(random, n * length, rows);
        for (int t = 0; t < length; t++) {
          index[2 + t] = 0; // an empty sequence
        }
        for (boolean mean : new boolean[] {false, true}) {
          int ld = dim + 1;
          float[] out = BackendsUnderTest.bordered(n * ld);
          float[] scale = new float[n];
          kernels
              .embedding()
              .gatherPooled(
                  new Matrix(table, 1, rows, dim),
                  new Ids(index, 2, n * length),
                  length,
                  mean,
                  new Matrix(out, AT, n, dim, ld),
                  Vec.of(scale));
          BackendsUnderTest.assertBorders(out, n * ld, "gatherPooled");
          for (int i = 0; i < n; i++) {
            int used = 0;
            for (int t = 0; t < length; t++) {
              used += index[2 + i * length + t] == 0 ? 0 : 1;
            }
            double expectedScale = mean ? 1 / (used + 1e-12) : 1;
            BackendsUnderTest.assertClose(scale[i], expectedScale, 1e-7 * expectedScale, "scale");
            for (int j = 0; j < dim; j++) {
              double sum = 0;
              for (int t = 0; t < length; t++) {
                sum += table[1 + index[2 + i * length + t] * dim + j];
              }
              double expected = used == 0 ? 0 : sum * expectedScale;
              BackendsUnderTest.assertClose(out[AT + i * ld + j], expected, 2e-6, "pooled");
            }
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void scatterAddsInOrderOfPosition(Kernels kernels) {
    Random random = new Random(3);
    for (int dim : DIMS) {
      for (int n : new int[] {0, 1, 50, 9000}) {
        for (int length : new int[] {1, 3}) {
          int rows = 61;
          int ld = dim + 2;
          float[] source = BackendsUnderTest.random(random, 4 + n * ld, 1);
          float[] scale = length == 1 && n == 50 ? null : BackendsUnderTest.random(random, n, 1);
          int[] index = indices(random, n * length, rows);
          for (int i = 0; i < index.length; i += 7) {
            index[i] = -1 - random.nextInt(3);
          }
          float[] start = BackendsUnderTest.random(random, rows * dim, 1);
          float[] target = BackendsUnderTest.bordered(start);
          kernels
              .embedding()
              .scatterAdd(
                  new Matrix(source, 4, n, dim, ld),
                  new Ids(index, 2, n * length),
                  length,
                  scale == null ? null : Vec.of(scale),
                  new Matrix(target, AT, rows, dim));
          BackendsUnderTest.assertBorders(target, rows * dim, "scatterAdd");
          float[] expected = start.clone();
          for (int p = 0; p < n * length; p++) {
            int row = index[2 + p];
            for (int j = 0; row >= 0 && j < dim; j++) {
              float s = scale == null ? 1 : scale[p / length];
              expected[row * dim + j] += s * source[4 + p / length * ld + j];
            }
          }
          // The order is fixed, so not merely close.
          assertThat(BackendsUnderTest.inner(target, rows * dim)).isEqualTo(expected);
        }
      }
    }
  }

  @Test
  void sameBitsForEveryNumberOfThreads() {
    Random random = new Random(4);
    int n = 20_000;
    int dim = 10;
    Matrix rows = Matrix.of(BackendsUnderTest.random(random, n * dim, 1), n, dim);
    Ids ids = Ids.of(indices(random, n, 300), n);
    for (Kernels one : BackendsUnderTest.withThreads(1)) {
      float[] expected = new float[300 * dim];
      one.embedding().scatterAdd(rows, ids, 1, null, Matrix.of(expected, 300, dim));
      for (int threads : new int[] {2, 5}) {
        float[] got = new float[300 * dim];
        BackendsUnderTest.named(one.name(), threads)
            .embedding()
            .scatterAdd(rows, ids, 1, null, Matrix.of(got, 300, dim));
        assertThat(got).isEqualTo(expected);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void saysWhatIsWrongWithTheArguments(Kernels kernels) {
    EmbeddingKernel kernel = kernels.embedding();
    Matrix table = Matrix.of(new float[20], 5, 4);
    Matrix out = Matrix.of(new float[20], 5, 4);
    assertThatThrownBy(() -> kernel.gather(table, ids(0, 5), out.rows(0, 2)))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessage("gather: index 5 at position 1 is outside the table of 5 rows");
    assertThatThrownBy(() -> kernel.gather(table.rows(1, 4), ids(-1), out.rows(0, 1)))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessage("gather: index -1 at position 0 is outside the table of 4 rows");
    assertThatThrownBy(() -> kernel.gather(table.columns(0, 0), ids(0), out.rows(0, 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("gather: dim must be at least 1: 0");
    assertThatThrownBy(() -> kernel.gather(table, ids(0), out.rows(0, 2)))
        .hasMessage("gather: rows are [2, 4] of 1 indices each, but there are 1");
    assertThatThrownBy(() -> kernel.gather(table.columns(0, 3), ids(0), out.rows(0, 1)))
        .hasMessage("gather: table is [5, 3], rows are [1, 4]; widths differ");
    assertThatThrownBy(() -> kernel.gather(table.t(), ids(0), table.t().rows(0, 1)))
        .hasMessageContaining("gather: table must not be transposed");
    assertThatThrownBy(() -> kernel.scatterAdd(out.rows(0, 1), ids(5), 1, null, table))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessage("scatterAdd: index 5 at position 0 is outside the target of 5 rows");
    Vec scale = Vec.of(new float[1]);
    assertThatThrownBy(() -> kernel.scatterAdd(out.rows(0, 2), ids(5, 1), 1, scale, table))
        .hasMessage("scatterAdd: rows are [2, 4], but there are 1 scales");
    assertThatThrownBy(() -> kernel.gatherPooled(table, ids(0, 9), 2, true, out.rows(0, 1), scale))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessageContaining("index 9 at position 1");
  }

  private static Ids ids(int... rows) {
    return Ids.of(rows);
  }
}

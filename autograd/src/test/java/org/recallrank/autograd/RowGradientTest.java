package org.recallrank.autograd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.recallrank.kernels.EmbeddingKernel;
import org.recallrank.kernels.Ids;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.Vec;
import org.recallrank.tensor.Rng;

class RowGradientTest {
  private final EmbeddingKernel kernel = HostBackends.scalar().embedding();

  private static Ids ids(int... ids) {
    return Ids.of(ids);
  }

  private static Matrix row(float... values) {
    return Matrix.of(values, 1, values.length);
  }

  @Test
  void addsRowsOfTheSameId() {
    RowGradient gradient = new RowGradient(6, 2);
    float[] source = {1, 2, 3, 4, 5, 6, 7, 8};
    gradient.add(kernel, Matrix.of(source, 4, 2), ids(4, 0, 4, 1), 1, null);
    assertThat(gradient.count()).isEqualTo(2);
    assertThat(Arrays.copyOf(gradient.rows(), 2)).containsExactly(4, 1);
    assertThat(Arrays.copyOf(gradient.values(), 4)).containsExactly(6, 8, 7, 8);
    assertThat(gradient.slotOfRow()).containsExactly(-1, 1, -1, -1, 0, -1);
    // A second use in the same step, in columns of a wider matrix, scaled.
    float[] wider = {-1, 10, 20, -1, 30, 40};
    Matrix columns = Matrix.of(wider, 2, 3).columns(1, 2);
    gradient.add(kernel, columns, ids(5, 1, 0, 5), 2, Vec.of(new float[] {0.5f, 2}));
    assertThat(gradient.count()).isEqualTo(3);
    assertThat(Arrays.copyOf(gradient.values(), 6)).containsExactly(6, 8, 12, 18, 65, 90);
  }

  @Test
  void aClearedGradientStartsFromZero() {
    RowGradient gradient = new RowGradient(6, 2);
    gradient.add(kernel, row(1, 2), ids(4), 1, null);
    gradient.clear();
    assertThat(gradient.count()).isZero();
    gradient.add(kernel, row(3, 4), ids(5), 1, null);
    assertThat(Arrays.copyOf(gradient.values(), 2)).containsExactly(3, 4);
    assertThat(gradient.slotOfRow()).containsExactly(-1, -1, -1, -1, -1, 0);
  }

  /** Random steps against a plain dense array. */
  @Test
  void agreesWithADenseGradient() {
    int rows = 50;
    int dim = 3;
    Rng rng = new Rng(2);
    RowGradient gradient = new RowGradient(rows, dim);
    for (int step = 0; step < 20; step++) {
      gradient.clear();
      float[] dense = new float[rows * dim];
      for (int use = 0; use < 3; use++) {
        int n = 1 + rng.nextInt(20);
        int length = 1 + rng.nextInt(3);
        int[] ids = new int[n * length];
        float[] source = new float[n * dim];
        float[] scale = new float[n];
        for (int i = 0; i < ids.length; i++) {
          ids[i] = rng.nextInt(rows);
        }
        for (int i = 0; i < source.length; i++) {
          source[i] = rng.nextInt(9) - 4; // whole numbers: float sums are exact
        }
        for (int i = 0; i < n; i++) {
          scale[i] = rng.nextInt(5) - 2;
        }
        for (int p = 0; p < ids.length; p++) {
          for (int j = 0; j < dim && ids[p] != 0; j++) {
            dense[ids[p] * dim + j] += scale[p / length] * source[p / length * dim + j];
          }
        }
        gradient.add(kernel, Matrix.of(source, n, dim), Ids.of(ids), length, Vec.of(scale));
      }
      float[] found = new float[rows * dim];
      for (int slot = 0; slot < gradient.count(); slot++) {
        System.arraycopy(gradient.values(), slot * dim, found, gradient.rows()[slot] * dim, dim);
      }
      assertThat(found).as("step %d", step).isEqualTo(dense);
    }
  }
}

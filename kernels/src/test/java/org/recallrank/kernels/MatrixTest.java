package org.recallrank.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class MatrixTest {
  private final float[] data = {9, 0, 1, 2, 9, 10, 11, 12, 9};

  /** [0 1 2; 10 11 12], behind one element and with a gap of one between the rows. */
  private final Matrix x = new Matrix(data, 1, 2, 3, 4);

  private static float get(Matrix m, int i, int j) {
    return m.data()[m.at(i, j)];
  }

  @Test
  void findsElementsOfItselfAndOfTheTranspose() {
    Matrix t = x.t();
    assertThat(t.shape()).isEqualTo("[3, 2]");
    for (int i = 0; i < 2; i++) {
      for (int j = 0; j < 3; j++) {
        assertThat(get(x, i, j)).isEqualTo(10 * i + j);
        assertThat(get(t, j, i)).isEqualTo(10 * i + j);
      }
    }
    assertThat(t.t()).isEqualTo(x);
    assertThat(x.rowStep()).isEqualTo(4).isEqualTo(t.columnStep());
    assertThat(x.columnStep()).isEqualTo(1).isEqualTo(t.rowStep());
  }

  @Test
  void cutsRowsAndColumns() {
    assertThat(get(x.rows(1, 1), 0, 2)).isEqualTo(12);
    assertThat(get(x.columns(1, 2), 1, 0)).isEqualTo(11);
    assertThat(get(x.t().rows(1, 2), 0, 1)).isEqualTo(11);
    assertThat(get(x.t().columns(1, 1), 2, 0)).isEqualTo(12);
    assertThat(x.rows(2, 0).size()).isZero();
    assertThat(x.columns(3, 0).size()).isZero();
    assertThat(x.row(1).get(2)).isEqualTo(12);
  }

  @Test
  void isFlatWhereItIsDense() {
    assertThat(Matrix.of(data, 3, 3).flat()).isEqualTo(new Vec(data, 0, 9));
    assertThat(x.rows(1, 1).flat()).isEqualTo(new Vec(data, 5, 3));
    assertThat(x.dense()).isFalse();
    assertThatThrownBy(x::flat)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("matrix [2, 3] with row stride 4")
        .hasMessageContaining("is not dense");
    assertThat(Matrix.of(data, 3, 3).t().dense()).isFalse();
  }

  @Test
  void refusesWhatDoesNotFitItsArray() {
    assertThatThrownBy(() -> Matrix.of(data, -1, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("matrix [-1, 3]: sizes must not be negative");
    assertThatThrownBy(() -> new Matrix(data, 0, 2, 3, 2))
        .hasMessage("matrix [2, 3]: leading dimension is 2, smaller than its row of 3");
    assertThatThrownBy(() -> new Matrix(data, 0, 2, 3, 1, true))
        .hasMessage(
            "matrix [2, 3] (transposed): leading dimension is 1, smaller than its row of 2");
    assertThatThrownBy(() -> new Matrix(data, -1, 2, 3))
        .hasMessage("matrix [2, 3]: offset must not be negative: -1");
    assertThatThrownBy(() -> new Matrix(data, 3, 2, 3, 4))
        .hasMessage(
            "matrix [2, 3] with leading dimension 4 needs 7 elements from offset 3, but its array"
                + " has 9");
  }

  @Test
  void refusesPartsOutsideOfItself() {
    assertThatThrownBy(() -> x.rows(1, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("rows 1 to 3 are outside [2, 3]");
    assertThatThrownBy(() -> x.columns(-1, 2)).hasMessage("columns -1 to 1 are outside [2, 3]");
    assertThatThrownBy(() -> x.row(2)).hasMessage("rows 2 to 3 are outside [2, 3]");
    assertThatThrownBy(() -> x.t().row(0))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("a row of a transposed matrix");
  }
}

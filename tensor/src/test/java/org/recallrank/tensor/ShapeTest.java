package org.recallrank.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ShapeTest {
  @Test
  void aMatrixOfTheLastAxis() {
    Shape shape = Shape.of(2, 3, 4);
    assertThat(shape.rank()).isEqualTo(3);
    assertThat(shape.size()).isEqualTo(24);
    assertThat(shape.rows()).isEqualTo(6);
    assertThat(shape.cols()).isEqualTo(4);
    assertThat(shape.dim(0)).isEqualTo(2);
    assertThat(shape.dim(-1)).isEqualTo(4);
    assertThat(shape.dim(-3)).isEqualTo(2);
    assertThat(shape.toString()).isEqualTo("[2, 3, 4]");
    assertThat(shape.is(2, 3, 4)).isTrue();
    assertThat(shape.is(2, 12)).isFalse();
  }

  @Test
  void scalarsVectorsAndNothing() {
    Shape scalar = Shape.of();
    assertThat(scalar.size()).isEqualTo(1);
    assertThat(scalar.rows()).isEqualTo(1);
    assertThat(scalar.cols()).isEqualTo(1);
    Shape vector = Shape.of(5);
    assertThat(vector.rows()).isEqualTo(1);
    assertThat(vector.cols()).isEqualTo(5);
    Shape nothing = Shape.of(0, 5);
    assertThat(nothing.size()).isZero();
    assertThat(nothing.rows()).isZero();
  }

  @Test
  void equalByAxesAndIndependentOfTheCallersArray() {
    int[] dims = {2, 3};
    Shape shape = Shape.of(dims);
    dims[0] = 9;
    shape.toArray()[1] = 9;
    assertThat(shape).isEqualTo(Shape.of(2, 3)).hasSameHashCodeAs(Shape.of(2, 3));
    assertThat(shape).isNotEqualTo(Shape.of(3, 2)).isNotEqualTo(Shape.of(2, 3, 1));
  }

  @Test
  void impossibleShapesAreErrors() {
    assertThatThrownBy(() -> Shape.of(2, -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[2, -1]");
    assertThatThrownBy(() -> Shape.of(1 << 16, 1 << 16))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("4294967296 elements");
    assertThatThrownBy(() -> Shape.of(1 << 30, 1 << 30, 1 << 30))
        .isInstanceOf(ArithmeticException.class);
  }
}

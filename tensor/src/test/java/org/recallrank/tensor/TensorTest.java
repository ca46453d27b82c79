package org.recallrank.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TensorTest {
  private final float[] data = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};

  @Test
  void wrapsWithoutCopying() {
    Tensor tensor = Tensor.wrap(data, 2, 5); // the array may be longer
    tensor.set(9, 90);
    assertThat(data[9]).isEqualTo(90);
    assertThat(tensor.toArray()).hasSize(10);
    tensor.fill(-1);
    assertThat(data).containsExactly(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 10, 11);
  }

  @Test
  void viewsOfViewsShareTheArray() {
    Tensor view = Tensor.wrap(data, 3, 4).view(4, 2, 4).view(3, 2, 2);
    assertThat(view.offset()).isEqualTo(7);
    assertThat(view.toArray()).containsExactly(7, 8, 9, 10);
    assertThat(view.get(2)).isEqualTo(9);
    view.copyFrom(new float[] {70, 80, 90, 100});
    assertThat(data).containsExactly(0, 1, 2, 3, 4, 5, 6, 70, 80, 90, 100, 11);
    assertThat(view.reshape(4, 1).rows()).isEqualTo(4);
    view.reshape(4).fill(0);
    assertThat(data).containsExactly(0, 1, 2, 3, 4, 5, 6, 0, 0, 0, 0, 11);
  }

  @Test
  void copiesAreCopies() {
    Tensor tensor = Tensor.wrap(data, 12);
    tensor.toArray()[0] = 9;
    assertThat(data[0]).isZero();
  }

  @Test
  void takesTheElementsOfAMatrixRowByRow() {
    Tensor tensor = Tensor.wrap(data, 3, 4);
    Tensor copy = Tensor.zeros(4, 3).view(0, 2, 2, 3);
    copy.copyFrom(tensor.transposed());
    assertThat(copy.toArray()).containsExactly(0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11);
    assertThat(tensor.transposed()).isSameAs(tensor.transposed());
    assertThatThrownBy(() -> copy.copyFrom(tensor.matrix()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("tensor of shape [2, 2, 3] takes no matrix [3, 4]");
  }

  @Test
  void whatDoesNotFitIsAnError() {
    Tensor tensor = Tensor.wrap(data, 3, 4);
    assertThatThrownBy(() -> Tensor.wrap(data, 13))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[13]")
        .hasMessageContaining("array of 12");
    assertThatThrownBy(() -> tensor.view(5, 2, 4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[2, 4]")
        .hasMessageContaining("element 5")
        .hasMessageContaining("[3, 4]");
    assertThatThrownBy(() -> tensor.view(-1, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("element -1");
    assertThatThrownBy(() -> tensor.reshape(5, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("12 elements")
        .hasMessageContaining("[5, 2] has 10");
    assertThatThrownBy(() -> tensor.copyFrom(new float[11]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("takes 12 values, found 11");
  }

  @Test
  void printsItsFirstElements() {
    assertThat(Tensor.wrap(data, 2).toString()).isEqualTo("Tensor[2][0.0, 1.0]");
    assertThat(Tensor.wrap(data, 3, 4).toString())
        .isEqualTo("Tensor[3, 4][0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, ...]");
  }
}

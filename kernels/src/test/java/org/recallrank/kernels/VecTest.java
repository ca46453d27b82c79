package org.recallrank.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class VecTest {
  private final float[] data = {9, 1, 2, 3, 4, 9};
  private final Vec x = new Vec(data, 1, 4);

  @Test
  void sharesItsArray() {
    x.set(0, 7);
    assertThat(data[1]).isEqualTo(7).isEqualTo(x.get(0));
    assertThat(x.slice(2, 2).get(1)).isEqualTo(4);
    assertThat(x.slice(4, 0).size()).isZero();
    assertThat(x.matrix(2, 2)).isEqualTo(new Matrix(data, 1, 2, 2));
  }

  @Test
  void startsAtZeroWithoutACopyWhereItCan() {
    assertThat(Vec.of(data).fromZero()).isSameAs(data);
    assertThat(x.fromZero()).containsExactly(1, 2, 3, 4);
  }

  @Test
  void refusesWhatDoesNotFit() {
    assertThatThrownBy(() -> new Vec(data, 0, -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("vector: size must not be negative: -1");
    assertThatThrownBy(() -> new Vec(data, -1, 2))
        .hasMessage("vector: offset must not be negative: -1");
    assertThatThrownBy(() -> new Vec(data, 3, 4))
        .hasMessage("vector needs 4 elements from offset 3, but its array has 6");
    assertThatThrownBy(() -> x.slice(3, 2)).hasMessage("elements 3 to 5 are outside a vector of 4");
    assertThatThrownBy(() -> x.matrix(3, 2))
        .hasMessage("a vector of 4 elements is no matrix [3, 2]");
  }
}

package org.recallrank.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class QuartilesTest {
  @Test
  void interpolatesBetweenNeighbours() {
    assertThat(Quartiles.of(4, 1, 3, 2)).isEqualTo(new Quartiles(1.75, 2.5, 3.25));
    assertThat(Quartiles.of(5, 1, 3, 2, 4)).isEqualTo(new Quartiles(2, 3, 4));
    assertThat(Quartiles.of(7)).isEqualTo(new Quartiles(7, 7, 7));
  }

  @Test
  void leavesTheValuesAsTheyWere() {
    double[] values = {3, 1, 2};
    Quartiles.of(values);
    assertThat(values).containsExactly(3, 1, 2);
  }

  @Test
  void needsAValue() {
    assertThatThrownBy(Quartiles::of).hasMessageContaining("at least one value");
  }
}

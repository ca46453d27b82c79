package org.recallrank.training.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.recallrank.model.io.DataException;

class SplitDrawTest {
  @Test
  void countsAreExactAndDivisionsEquallyLikely() {
    Map<String, Integer> divisions = new HashMap<>();
    for (int seed = 0; seed < 12_000; seed++) {
      SplitDraw draw = new SplitDraw(new long[] {2, 1, 1}, seed);
      StringBuilder division = new StringBuilder();
      while (draw.hasNext()) {
        division.append(draw.next().ordinal());
      }
      divisions.merge(division.toString(), 1, Integer::sum);
    }
    assertThat(divisions).hasSize(12); // 4! / 2!, so no other counts came up
    double chiSquare =
        divisions.values().stream().mapToDouble(c -> (c - 1000.0) * (c - 1000.0) / 1000).sum();
    assertThat(chiSquare).isLessThan(31.3); // 11 degrees of freedom, 0.1 %
  }

  @Test
  void rowsOfEachSplitAddUp() {
    assertThat(SplitRatios.parse("7:2:1").counts(286_722)).containsExactly(200_705, 57_344, 28_673);
    assertThat(SplitRatios.parse("0.7:0.2:0.1").counts(10)).containsExactly(7, 2, 1);
    assertThat(SplitRatios.parse("8:2:0").counts(11)).containsExactly(8, 3, 0);
    assertThat(SplitRatios.parse("8:0:2").counts(11)).containsExactly(8, 0, 3);
    assertThat(SplitRatios.parse("1:0:0").counts(11)).containsExactly(11, 0, 0);
    for (String bad : new String[] {"", "8:2", "a:b:c", "0:1:1", "8:-1:1", "8:1:1:1", "NaN:1:1"}) {
      assertThatThrownBy(() -> SplitRatios.parse(bad))
          .isInstanceOf(DataException.class)
          .hasMessageStartingWith("split ratios: expected");
    }
  }
}

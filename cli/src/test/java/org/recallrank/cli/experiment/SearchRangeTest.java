package org.recallrank.cli.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.recallrank.model.config.SettingsException;
import org.recallrank.tensor.Rng;

class SearchRangeTest {
  private static Map<String, Integer> draws(String range) {
    SearchRange searched = SearchRange.parse("key=" + range);
    Rng rng = new Rng(3);
    Map<String, Integer> counts = new HashMap<>();
    for (int i = 0; i < 4000; i++) {
      counts.merge(searched.draw(rng), 1, Integer::sum);
    }
    return counts;
  }

  @Test
  void wholeNumbersHaveBothEnds() {
    assertThat(draws("1..4").keySet()).isEqualTo(Set.of("1", "2", "3", "4"));
    assertThat(draws("1..4").values()).allMatch(count -> count > 900 && count < 1100);
    Map<String, Integer> byMagnitude = draws("1..4:log");
    assertThat(byMagnitude.keySet()).isEqualTo(Set.of("1", "2", "3", "4"));
    assertThat(byMagnitude.get("1")).as("ln 2 of ln 5").isBetween(1640, 1810);
  }

  @Test
  void numbersStayWithinTheirEnds() {
    assertThat(draws("0.5..2").keySet())
        .allMatch(v -> Double.parseDouble(v) >= 0.5 && Double.parseDouble(v) <= 2);
    assertThat(
            draws("0.01..1:log").entrySet().stream()
                .filter(e -> Double.parseDouble(e.getKey()) < 0.1)
                .mapToInt(Map.Entry::getValue)
                .sum())
        .as("half of them below the geometric mean")
        .isBetween(1900, 2100);
    assertThat(draws("a|b").keySet()).isEqualTo(Set.of("a", "b"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "key", "key=", "=1..2", "key=2..1", "key=0..1:log", "key=1..x"})
  void nonsenseIsRefused(String text) {
    assertThatThrownBy(() -> SearchRange.parse(text))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("expected KEY=LO..HI");
  }
}

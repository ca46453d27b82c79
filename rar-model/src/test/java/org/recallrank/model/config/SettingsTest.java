package org.recallrank.model.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.recallrank.model.config.Settings.Setting;

class SettingsTest {
  private enum Choice {
    FIRST_ONE,
    SECOND
  }

  private static Settings given(String key, String value) {
    return new Settings(Map.of(key, value));
  }

  private static void assertBad(Runnable read, String key, String expected, String found) {
    assertThatThrownBy(read::run)
        .isInstanceOf(SettingsException.class)
        .hasMessage(key + ": expected " + expected + ", found \"" + found + "\"");
  }

  @Test
  void defaultsWhereNothingIsGiven() {
    Settings s = Settings.defaults();
    assertThat(s.integer("i", 3, 1, "")).isEqualTo(3);
    assertThat(s.seed("s", -7, "")).isEqualTo(-7);
    assertThat(s.number("n", 0.25, 0, 1, "")).isEqualTo(0.25);
    assertThat(s.flag("f", true, "")).isTrue();
    assertThat(s.integers("l", List.of(400, 300), "")).containsExactly(400, 300);
    assertThat(s.integers("e", List.of(), "")).isEmpty();
    assertThat(s.choice("c", Choice.SECOND, "")).isEqualTo(Choice.SECOND);
  }

  @Test
  void givenValuesCount() {
    assertThat(given("k", "5").integer("k", 3, 1, "")).isEqualTo(5);
    assertThat(given("k", "1").integer("k", 3, 1, "")).isEqualTo(1);
    assertThat(given("k", "9223372036854775807").seed("k", 0, "")).isEqualTo(Long.MAX_VALUE);
    assertThat(given("k", "1e-3").number("k", 3, 0, 5, "")).isEqualTo(1e-3);
    assertThat(given("k", "5").number("k", 3, 0, 5, "")).isEqualTo(5);
    assertThat(given("k", "False").flag("k", true, "")).isFalse();
    assertThat(given("k", "first-one").choice("k", Choice.SECOND, "")).isEqualTo(Choice.FIRST_ONE);
    assertThat(given("k", " First_One ").choice("k", Choice.SECOND, ""))
        .isEqualTo(Choice.FIRST_ONE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"[16, 8]", "16,8", " [ 16 ,8 ] "})
  void listsInAnyNotation(String text) {
    assertThat(given("k", text).integers("k", List.of(1), "")).containsExactly(16, 8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "", "null", " [ ] "})
  void emptyLists(String text) {
    assertThat(given("k", text).integers("k", List.of(1), "")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "1.5", "many", "", "99999999999"})
  void badIntegers(String text) {
    assertBad(() -> given("k", text).integer("k", 3, 1, ""), "k", "a whole number from 1 on", text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-0.1", "1.1", "NaN", "Infinity", "much", ""})
  void badNumbers(String text) {
    assertBad(() -> given("k", text).number("k", 0.5, 0, 1, ""), "k", "a number from 0 to 1", text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "16,x", "16;8", "1,,2"})
  void badLists(String text) {
    assertBad(
        () -> given("k", text).integers("k", List.of(), ""),
        "k",
        "positive whole numbers such as [400, 400]",
        text);
  }

  @Test
  void otherBadValues() {
    assertBad(() -> given("k", "yes").flag("k", true, ""), "k", "true or false", "yes");
    assertBad(() -> given("k", "1.5").seed("k", 0, ""), "k", "a whole number", "1.5");
    assertBad(
        () -> given("k", "third").choice("k", Choice.SECOND, ""),
        "k",
        "one of first_one, second",
        "third");
  }

  @Test
  void remembersWhatWasAskedFor() {
    Settings s = given("b", "5");
    s.number("a", 0.25, 0, 1, "of a");
    s.integer("b", 3, 1, "of b");
    s.number("c", 1, 1e-12, 1e30, "of c");
    assertThat(s.asked())
        .containsExactly(
            new Setting("a", "0.25", "0.25", "a number from 0 to 1", "of a"),
            new Setting("b", "5", "3", "a whole number from 1 on", "of b"),
            new Setting("c", "1", "1", "a number from 1e-12 to 1e30", "of c"));
    assertThat(s.fresh().asked()).isEmpty();
    assertThat(s.fresh().given()).containsExactly(Map.entry("b", "5"));
  }

  /** What a setting shows as its value can be given back. */
  @Test
  void shownValuesCanBeReadAgain() {
    Settings first = Settings.defaults();
    first.number("n", 1e-4, 0, 1, "");
    first.integers("l", List.of(4, 2), "");
    first.choice("c", Choice.FIRST_ONE, "");
    first
        .asked()
        .forEach(
            setting -> {
              Settings again = given(setting.key(), setting.value());
              switch (setting.key()) {
                case "n" -> assertThat(again.number("n", 0, 0, 1, "")).isEqualTo(1e-4);
                case "l" -> assertThat(again.integers("l", List.of(), "")).containsExactly(4, 2);
                default ->
                    assertThat(again.choice("c", Choice.SECOND, "")).isEqualTo(Choice.FIRST_ONE);
              }
            });
  }

  @Test
  void unknownKeysAreNamedWithTheNearest() {
    Settings s = given("net_droput", "0.1");
    s.number("net_dropout", 0, 0, 1, "");
    s.flag("batch_norm", true, "");
    assertThatThrownBy(s::rejectUnknown)
        .isInstanceOf(SettingsException.class)
        .hasMessage(
            "unknown setting \"net_droput\", did you mean \"net_dropout\"?"
                + "; known: net_dropout, batch_norm");
    Settings far = given("zzz", "1");
    far.flag("batch_norm", true, "");
    assertThatThrownBy(far::rejectUnknown).hasMessage("unknown setting \"zzz\"; known: batch_norm");
    Settings known = given("batch_norm", "true");
    known.flag("batch_norm", false, "");
    known.rejectUnknown();
  }
}

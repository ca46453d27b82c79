package org.recallrank.model.config;

import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Values given by key, and a record of every key that was asked for.
 *
 * <p>A {@code Config} record reads itself from here ({@code XConfig.from(settings)}); the call that
 * reads a value holds its key, default and explanation, and nothing else does. So what was asked
 * for is both the documentation of what can be set and, once all have been read, the way to tell
 * unknown keys.
 *
 * <p>Serves one thread at a time.
 */
public final class Settings {
  private final Map<String, String> given;
  private final Map<String, Setting> asked = new LinkedHashMap<>();

  /**
   * A key that was asked for.
   *
   * @param value in effect
   * @param allowed what it may be, e.g. "a whole number from 1 on"
   */
  public record Setting(
      String key, String value, String defaultValue, String allowed, String explanation) {}

  /**
   * With a copy of the values given; whether their keys are known shows once all have been read.
   */
  public Settings(Map<String, String> given) {
    this.given = new TreeMap<>(given);
  }

  /** No values given: every default. */
  public static Settings defaults() {
    return new Settings(Map.of());
  }

  /** The same given values, with nothing asked for yet. */
  public Settings fresh() {
    return new Settings(given);
  }

  /** What was given. */
  public Map<String, String> given() {
    return Collections.unmodifiableMap(given);
  }

  /** What was asked for so far, in that order. */
  public Collection<Setting> asked() {
    return List.copyOf(asked.values());
  }

  /** A whole number from {@code min} on. */
  public int integer(String key, int defaultValue, int min, String explanation) {
    String allowed = "a whole number from " + min + " on";
    String text = ask(key, Integer.toString(defaultValue), allowed, explanation);
    try {
      int value = Integer.parseInt(text);
      if (value >= min) {
        return value;
      }
    } catch (NumberFormatException e) {
      // falls through to the message
    }
    throw bad(key, allowed, text);
  }

  /** A seed: any whole number of 64 bits. */
  public long seed(String key, long defaultValue, String explanation) {
    String allowed = "a whole number";
    String text = ask(key, Long.toString(defaultValue), allowed, explanation);
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw bad(key, allowed, text);
    }
  }

  /** A finite number in [min, max]. */
  public double number(
      String key, double defaultValue, double min, double max, String explanation) {
    String allowed = "a number from " + format(min) + " to " + format(max);
    String text = ask(key, format(defaultValue), allowed, explanation);
    try {
      double value = Double.parseDouble(text);
      if (value >= min && value <= max) {
        return value;
      }
    } catch (NumberFormatException e) {
      // falls through to the message
    }
    throw bad(key, allowed, text);
  }

  /** true or false. */
  public boolean flag(String key, boolean defaultValue, String explanation) {
    String allowed = "true or false";
    String text = ask(key, Boolean.toString(defaultValue), allowed, explanation);
    if (text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false")) {
      return Boolean.parseBoolean(text);
    }
    throw bad(key, allowed, text);
  }

  /** Positive whole numbers such as {@code [400, 400]} or {@code 400,400}; {@code []} is none. */
  public List<Integer> integers(String key, List<Integer> defaultValue, String explanation) {
    String allowed = "positive whole numbers such as [400, 400]";
    String text = ask(key, defaultValue.toString(), allowed, explanation);
    String inner = text.strip().replaceAll("^\\[|\\]$", "").strip();
    if (inner.isEmpty() || inner.equals("null")) {
      return List.of();
    }
    try {
      List<Integer> values =
          Stream.of(inner.split(",")).map(part -> Integer.parseInt(part.strip())).toList();
      if (values.stream().allMatch(v -> v > 0)) {
        return values;
      }
    } catch (NumberFormatException e) {
      // falls through to the message
    }
    throw bad(key, allowed, text);
  }

  /** One of the constants of an enum, in any case. */
  public <E extends Enum<E>> E choice(String key, E defaultValue, String explanation) {
    List<E> constants = Arrays.asList(defaultValue.getDeclaringClass().getEnumConstants());
    String allowed =
        "one of " + constants.stream().map(Settings::name).collect(Collectors.joining(", "));
    String text = ask(key, name(defaultValue), allowed, explanation);
    for (E constant : constants) {
      if (name(constant).equals(text.strip().toLowerCase(Locale.ROOT).replace('-', '_'))) {
        return constant;
      }
    }
    throw bad(key, allowed, text);
  }

  private static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static String format(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value).replace(".0E", "e").replace('E', 'e');
  }

  private String ask(String key, String defaultValue, String allowed, String explanation) {
    String value = given.getOrDefault(key, defaultValue);
    asked.put(key, new Setting(key, value, defaultValue, allowed, explanation));
    return value;
  }

  private static SettingsException bad(String key, String expected, String found) {
    return new SettingsException(key + ": expected " + expected + ", found \"" + found + "\"");
  }

  /**
   * Refuses values that nobody has asked for.
   *
   * @throws SettingsException naming the first unknown key and the known key nearest to it
   */
  public void rejectUnknown() {
    for (String key : given.keySet()) {
      if (!asked.containsKey(key)) {
        throw new SettingsException(
            "unknown setting \""
                + key
                + "\""
                + Nearest.hint(key, asked.keySet())
                + "; known: "
                + String.join(", ", asked.keySet()));
      }
    }
  }
}

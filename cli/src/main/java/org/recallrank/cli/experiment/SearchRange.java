package org.recallrank.cli.experiment;

import java.util.List;
import java.util.Locale;
import org.recallrank.model.config.SettingsException;
import org.recallrank.tensor.Rng;

/**
 * What a setting is drawn from: {@code KEY=LO..HI}, {@code KEY=LO..HI:log} or {@code KEY=A|B|C}.
 *
 * @param choices empty for a range of numbers
 * @param whole whether both ends are whole numbers, and so is what is drawn
 */
public record SearchRange(
    String key, List<String> choices, double low, double high, boolean log, boolean whole) {

  /**
   * Reads one.
   *
   * @throws SettingsException if it is none
   */
  public static SearchRange parse(String text) {
    int equals = text.indexOf('=');
    String range = text.substring(equals + 1).strip();
    if (equals > 0 && range.contains("|")) {
      List<String> choices = List.of(range.split("\\|"));
      return new SearchRange(text.substring(0, equals).strip(), choices, 0, 0, false, false);
    }
    boolean log = range.endsWith(":log");
    String[] ends = (log ? range.substring(0, range.length() - 4) : range).split("\\.\\.", 2);
    if (equals > 0 && ends.length == 2) {
      try {
        double low = Double.parseDouble(ends[0]);
        double high = Double.parseDouble(ends[1]);
        if (low < high && (!log || low > 0) && Double.isFinite(high)) {
          boolean whole = ends[0].matches("-?\\d+") && ends[1].matches("-?\\d+");
          return new SearchRange(
              text.substring(0, equals).strip(), List.of(), low, high, log, whole);
        }
      } catch (NumberFormatException e) {
        // falls through to the message
      }
    }
    throw new SettingsException(
        "--range: expected KEY=LO..HI, KEY=LO..HI:log with LO above 0, or KEY=A|B|C; found \""
            + text
            + "\"");
  }

  /** A value of it. */
  public String draw(Rng rng) {
    double unit = rng.nextDouble();
    if (!choices.isEmpty()) {
      return choices.get((int) (unit * choices.size()));
    }
    double end = whole ? high + 1 : high; // a whole number stands for what lies above it
    double value = log ? low * Math.pow(end / low, unit) : low + unit * (end - low);
    return whole
        ? Long.toString(Math.clamp((long) Math.floor(value), (long) low, (long) high))
        : String.format(Locale.ROOT, "%.3g", value);
  }
}

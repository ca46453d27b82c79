package org.recallrank.bench.compare;

import java.util.Locale;

/** Numbers for people: three digits and a decimal prefix. */
public final class HumanNumbers {
  private static final String[] PREFIXES = {"", " k", " M", " G", " T"};

  private HumanNumbers() {}

  /** Such as {@code 93.2 G}; the unit follows. */
  static String rate(double value) {
    int prefix = 0;
    double scaled = value;
    while (scaled >= 999.5 && prefix < PREFIXES.length - 1) {
      scaled /= 1000;
      prefix++;
    }
    return digits(scaled) + PREFIXES[prefix];
  }

  /** Such as {@code 1.27}. */
  public static String digits(double value) {
    int decimals = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }

  /** How fast our side of a measured row is. */
  static String ours(Row row) {
    Latency latency = row.duel().ourLatency();
    return latency == null ? speed(row, row.ourSeconds()) : latency(latency);
  }

  /** How fast the peer of a compared row is. */
  static String theirs(Row row) {
    Latency latency = row.duel().theirLatency();
    return latency == null ? speed(row, row.theirSeconds()) : latency(latency);
  }

  /** Such as {@code 84.2 us (p99 101)}. */
  private static String latency(Latency latency) {
    return digits(1e6 * latency.p50()) + " us (p99 " + digits(1e6 * latency.p99()) + ")";
  }

  /** What one side does per second: floating-point operations where that is all there is to it. */
  private static String speed(Row row, double seconds) {
    if (row.work().unit().equals("multiply-adds")) {
      return prefixed(row.work().flops() / seconds, "FLOP/s");
    }
    return prefixed(row.work().items() / seconds, row.work().unit() + "/s");
  }

  /** A rate with its unit, such as {@code 93 GFLOP/s} or {@code 1.2 G distances/s}. */
  public static String prefixed(double value, String unit) {
    String rate = rate(value);
    boolean letter = Character.isLetter(rate.charAt(rate.length() - 1));
    // Only symbols are joined to a prefix.
    boolean symbol = Character.isUpperCase(unit.charAt(0));
    return letter && symbol ? rate + unit : rate + " " + unit;
  }

  public static String percent(double share) {
    return Double.isNaN(share) ? "" : Math.round(100 * share) + " %";
  }
}

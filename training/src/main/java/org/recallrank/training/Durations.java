package org.recallrank.training;

import java.time.Duration;
import java.util.Locale;

/** Durations for people. */
public final class Durations {
  private Durations() {}

  /** Such as {@code 1 min 15 s}, or {@code 3.2 s}. */
  public static String text(double seconds) {
    Duration d = Duration.ofMillis(Math.round(seconds * 1000));
    return d.toMinutes() > 0
        ? d.toMinutes() + " min " + d.toSecondsPart() + " s"
        : String.format(Locale.ROOT, "%.1f s", seconds);
  }

  /** The time since a {@link System#nanoTime}. */
  public static String since(long start) {
    return text((System.nanoTime() - start) * 1e-9);
  }
}

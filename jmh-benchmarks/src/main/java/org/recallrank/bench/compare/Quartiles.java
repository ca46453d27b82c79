package org.recallrank.bench.compare;

import java.util.Arrays;

/** Median and quartiles of some values, by linear interpolation between neighbours. */
public record Quartiles(double lower, double median, double upper) {

  /**
   * @throws IllegalArgumentException if there is no value
   */
  public static Quartiles of(double... values) {
    if (values.length == 0) {
      throw new IllegalArgumentException("quartiles: expected at least one value, found none");
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return new Quartiles(at(sorted, 0.25), at(sorted, 0.5), at(sorted, 0.75));
  }

  /** Any quantile of values in ascending order. */
  static double at(double[] sorted, double quantile) {
    double position = quantile * (sorted.length - 1);
    int below = (int) position;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
  }
}

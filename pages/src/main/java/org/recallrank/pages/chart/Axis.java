package org.recallrank.pages.chart;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** A range of numbers, linear or logarithmic, with ticks at round ones. */
public final class Axis {
  private static final int TICKS = 5;
  private static final double MARGIN = 0.06;

  private final String title;
  private final boolean logarithmic;
  private final double low;
  private final double high;
  private final List<Double> ticks;

  private Axis(String title, boolean logarithmic, double low, double high, List<Double> ticks) {
    this.title = title;
    this.logarithmic = logarithmic;
    this.low = low;
    this.high = high;
    this.ticks = ticks;
  }

  /** From the least to the greatest of the values that are finite, and a little more. */
  public static Axis linear(String title, double... values) {
    double[] range = range(values);
    double margin = (range[1] - range[0]) * MARGIN;
    if (margin == 0) {
      margin = Math.max(Math.abs(range[0]) * MARGIN, 1e-3);
    }
    return new Axis(title, false, range[0] - margin, range[1] + margin, null).rounded();
  }

  /** From 0 to the greatest of the values. */
  public static Axis fromZero(String title, double... values) {
    double most = range(values)[1];
    return new Axis(title, false, 0, most > 0 ? most * (1 + MARGIN) : 1, null).rounded();
  }

  /** Logarithmic, of positive values. */
  public static Axis logarithmic(String title, double... values) {
    double[] range = range(Arrays.stream(values).filter(v -> v > 0).toArray());
    double low = range[0] > 0 ? range[0] : 1;
    double high = range[1] > low ? range[1] : low * 2;
    double margin = Math.pow(high / low, MARGIN);
    return new Axis(title, true, low / margin, high * margin, null).rounded();
  }

  /** The same with ticks at these values and no others. */
  public Axis withTicks(double... values) {
    return new Axis(title, logarithmic, low, high, Arrays.stream(values).boxed().toList());
  }

  private static double[] range(double... values) {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (double v : values) {
      if (Double.isFinite(v)) {
        low = Math.min(low, v);
        high = Math.max(high, v);
      }
    }
    return low <= high ? new double[] {low, high} : new double[] {0, 1};
  }

  private Axis rounded() {
    return new Axis(title, logarithmic, low, high, logarithmic ? decades() : steps());
  }

  /** Multiples of 1, 2 or 5 times a power of ten. */
  private List<Double> steps() {
    double rough = (high - low) / TICKS;
    double power = Math.pow(10, Math.floor(Math.log10(rough)));
    double step = 10 * power;
    for (double factor : new double[] {5, 2, 1}) {
      step = factor * power >= rough ? factor * power : step;
    }
    List<Double> values = new ArrayList<>();
    for (double n = Math.ceil(low / step); n * step <= high; n++) {
      values.add(n * step);
    }
    return values;
  }

  /** 1, 2 and 5 times powers of ten, or powers alone where that would be too many. */
  private List<Double> decades() {
    double[] factors = high / low > 150 ? new double[] {1} : new double[] {1, 2, 5};
    List<Double> values = new ArrayList<>();
    for (int power = (int) Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
      for (double factor : factors) {
        double tick = factor * Math.pow(10, power);
        if (tick >= low && tick <= high) {
          values.add(tick);
        }
      }
    }
    return values;
  }

  /** What the numbers are, as written along the axis. */
  public String title() {
    return title;
  }

  /** The value at the low end. */
  public double low() {
    return low;
  }

  /** The values that have a tick. */
  public List<Double> ticks() {
    return ticks;
  }

  /** Where a value lies, 0 at the low end and 1 at the high one. */
  public double at(double value) {
    return logarithmic
        ? Math.log(value / low) / Math.log(high / low)
        : (value - low) / (high - low);
  }

  /** A tick's number, as short as its neighbours allow. */
  public String label(double tick) {
    if (Math.abs(tick) >= 1e4) {
      boolean millions = Math.abs(tick) >= 1e6;
      return Svg.number(tick / (millions ? 1e6 : 1e3)) + (millions ? "M" : "k");
    }
    double step = logarithmic || ticks.size() < 2 ? Math.abs(tick) : ticks.get(1) - ticks.get(0);
    int decimals = step == 0 ? 0 : (int) Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
    String text = String.format(Locale.ROOT, "%." + decimals + "f", tick);
    return text.matches("-0(\\.0*)?") ? text.substring(1) : text;
  }
}

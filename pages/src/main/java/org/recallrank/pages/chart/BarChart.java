package org.recallrank.pages.chart;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/** Bars by category, those of several series side by side. */
public final class BarChart {
  private static final double GAP = 0.22;
  private static final int MOST_NUMBERS = 12;

  private BarChart() {}

  /**
   * One value per category.
   *
   * @param light paler, for what is compared with
   */
  public record Series(String name, int style, boolean light, double... values) {}

  /**
   * Draws.
   *
   * @param label what the chart shows, for those who do not see it
   * @param form of the numbers, for {@link String#format}
   */
  public static Picture of(
      String label,
      String below,
      String left,
      List<String> categories,
      String form,
      List<Series> series) {
    double[] all = series.stream().flatMapToDouble(s -> DoubleStream.of(s.values)).toArray();
    Axis y = Axis.fromZero(left, all);
    List<Frame.Key> keys = new ArrayList<>();
    if (series.size() > 1) {
      series.forEach(s -> keys.add(new Frame.Key(s.name, s.style, look(s))));
    }
    double widest = categories.stream().mapToDouble(Svg::width).max().orElse(0);
    boolean turned = widest > 300.0 / categories.size();
    Svg svg = new Svg();
    Frame frame = Frame.draw(svg, y, keys, turned ? 34 + 0.7 * widest : 40);
    double slot = (frame.right - frame.left) / categories.size();
    double width = slot * (1 - GAP) / series.size();
    for (int c = 0; c < categories.size(); c++) {
      double middle = frame.left + (c + 0.5) * slot;
      category(svg, categories.get(c), middle, frame.bottom, turned);
      for (int s = 0; s < series.size(); s++) {
        double value = series.get(s).values[c];
        if (!Double.isFinite(value)) {
          continue;
        }
        double x = frame.left + c * slot + slot * GAP / 2 + s * width;
        double top = frame.y(y.at(value));
        String number = String.format(Locale.ROOT, form, value);
        svg.marked(
            categories.get(c) + ": " + number,
            "rect",
            look(series.get(s)) + " s" + series.get(s).style,
            "x",
            x,
            "y",
            top,
            "width",
            width * 0.94,
            "height",
            frame.bottom - top);
        if (all.length <= MOST_NUMBERS && Svg.width(number) * 0.8 < width + 4) {
          svg.text("small", x + width * 0.47, top - 3, "middle", number);
        }
      }
    }
    svg.element(
        "line",
        "base",
        "x1",
        frame.left,
        "y1",
        frame.bottom,
        "x2",
        frame.right,
        "y2",
        frame.bottom);
    frame.titleBelow(svg, below);
    return new Picture(label, Frame.WIDTH, frame.height, svg.toString());
  }

  private static void category(Svg svg, String name, double x, double bottom, boolean turned) {
    if (turned) {
      svg.text(
          "tick",
          0,
          0,
          "end",
          name,
          "transform",
          "translate(" + Svg.number(x + 4) + " " + Svg.number(bottom + 12) + ") rotate(-45)");
    } else {
      svg.text("tick", x, bottom + 14, "middle", name);
    }
  }

  private static String look(Series s) {
    return s.light ? "bar light" : "bar";
  }
}

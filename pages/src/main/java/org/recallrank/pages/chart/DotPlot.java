package org.recallrank.pages.chart;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/** A line per name, and on it a mark for each series: how things compare, and with whom. */
public final class DotPlot {
  private static final double ROW = 22;

  private DotPlot() {}

  /**
   * A value per row, NaN for none.
   *
   * @param hollow for what is compared with
   * @param spread as much to the left as to the right; NaN or 0 for none
   */
  public record Series(String name, int style, boolean hollow, double[] values, double[] spread) {}

  /**
   * Draws, with a line at 0.
   *
   * @param label what the chart shows, for those who do not see it
   * @param form of the numbers, for {@link String#format}
   */
  public static Picture of(
      String label, String below, List<String> rows, String form, List<Series> series) {
    Axis x =
        Axis.linear(
            below,
            DoubleStream.concat(
                    DoubleStream.of(0), series.stream().flatMapToDouble(DotPlot::extent))
                .toArray());
    double left = 20 + rows.stream().mapToDouble(Svg::width).max().orElse(0);
    List<Frame.Key> keys = new ArrayList<>();
    series.forEach(s -> keys.add(new Frame.Key(s.name, s.style, s.hollow ? "hollow" : "mark")));
    Svg svg = new Svg();
    Frame frame = Frame.draw(svg, x, keys, left, rows.size() * ROW);
    double zero = frame.x(x.at(0));
    svg.element("line", "base", "x1", zero, "y1", frame.top, "x2", zero, "y2", frame.bottom);
    for (int r = 0; r < rows.size(); r++) {
      double y = frame.top + (r + 0.5) * ROW;
      svg.text("legend", left - 8, y + 4, "end", rows.get(r));
      svg.element("line", "grid", "x1", left, "y1", y, "x2", frame.right, "y2", y);
      for (Series s : series) {
        double value = s.values[r];
        if (!Double.isFinite(value)) {
          continue;
        }
        if (s.spread[r] > 0) {
          svg.element(
              "line",
              "spread s" + s.style,
              "x1",
              frame.x(x.at(value - s.spread[r])),
              "y1",
              y,
              "x2",
              frame.x(x.at(value + s.spread[r])),
              "y2",
              y);
        }
        String number = String.format(Locale.ROOT, form, value);
        ChartStyle.mark(
            svg,
            s.style,
            s.hollow,
            frame.x(x.at(value)),
            y,
            rows.get(r) + ", " + s.name + ": " + number);
      }
    }
    return new Picture(label, Frame.WIDTH, frame.height, svg.toString());
  }

  private static DoubleStream extent(Series s) {
    double[] ends = new double[2 * s.values.length];
    for (int i = 0; i < s.values.length; i++) {
      double spread = s.spread[i] > 0 ? s.spread[i] : 0;
      ends[2 * i] = s.values[i] - spread;
      ends[2 * i + 1] = s.values[i] + spread;
    }
    return DoubleStream.of(ends);
  }
}

package org.recallrank.pages.chart;

import java.util.List;
import java.util.Locale;

/** A matrix of numbers from 0 to 1, the darker the larger, with named rows and columns. */
public final class HeatMap {
  private static final int LETTERS = 22;
  private static final double SIZE = 0.9; // of small letters

  private HeatMap() {}

  /**
   * Draws. Colours span the matrix' own range, which the scale below it names.
   *
   * @param label what the chart shows, for those who do not see it
   * @param values [rows][columns]
   */
  public static Picture of(
      String label, List<String> rows, List<String> columns, double[][] values) {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (double[] row : values) {
      for (double v : row) {
        low = Math.min(low, v);
        high = Math.max(high, v);
      }
    }
    double left = 8 + SIZE * widest(rows);
    double top = 8 + SIZE * widest(columns);
    double size = Math.min(24, (Frame.WIDTH - left - 6) / columns.size());
    double tall = Math.clamp(size, 13, 24);
    Svg svg = new Svg();
    for (int c = 0; c < columns.size(); c++) {
      svg.text(
          "small",
          0,
          0,
          "start",
          shortened(columns.get(c)),
          "transform",
          "translate("
              + Svg.number(left + (c + 0.5) * size + 3)
              + " "
              + Svg.number(top - 4)
              + ") rotate(-90)");
    }
    for (int r = 0; r < rows.size(); r++) {
      double y = top + r * tall;
      svg.text("small", left - 4, y + tall / 2 + 3, "end", shortened(rows.get(r)));
      for (int c = 0; c < columns.size(); c++) {
        double share = high > low ? (values[r][c] - low) / (high - low) : 0.5;
        svg.marked(
            String.format(Locale.ROOT, "%s, %s: %.3f", rows.get(r), columns.get(c), values[r][c]),
            "rect",
            "cell",
            "x",
            left + c * size,
            "y",
            y,
            "width",
            size - 1,
            "height",
            tall - 1,
            "fill-opacity",
            0.06 + 0.94 * share);
      }
    }
    double bottom = top + rows.size() * tall + 8;
    scale(svg, left, bottom, low, high);
    return new Picture(label, Frame.WIDTH, bottom + 28, svg.toString());
  }

  private static void scale(Svg svg, double left, double y, double low, double high) {
    for (int i = 0; i < 20; i++) {
      svg.element(
          "rect",
          "cell",
          "x",
          left + i * 6,
          "y",
          y,
          "width",
          6,
          "height",
          8,
          "fill-opacity",
          0.06 + 0.94 * i / 19);
    }
    svg.text("small", left, y + 19, "start", String.format(Locale.ROOT, "%.3f", low));
    svg.text("small", left + 120, y + 19, "end", String.format(Locale.ROOT, "%.3f", high));
  }

  private static double widest(List<String> names) {
    return names.stream().mapToDouble(n -> Svg.width(shortened(n))).max().orElse(0);
  }

  private static String shortened(String name) {
    return name.length() <= LETTERS ? name : name.substring(0, LETTERS - 1) + "…";
  }
}

package org.recallrank.pages.chart;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** How charts look: colours for light and dark, and the rules that use them. */
public final class ChartStyle {
  /** How many different colours and marks series can have. */
  public static final int STYLES = 6;

  private ChartStyle() {}

  /** CSS for the page around a chart, or inside a file. */
  public static String sheet() {
    try (InputStream in = ChartStyle.class.getResourceAsStream("chart.css")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A mark at a point, of another shape for each style, that shows a text when pointed at. */
  static void mark(Svg svg, int style, boolean hollow, double x, double y, String tooltip) {
    String css = "mark " + (hollow ? "hollow " : "") + "s" + style;
    switch (style % 4) {
      case 0 -> svg.marked(tooltip, "circle", css, "cx", x, "cy", y, "r", 3.4);
      case 1 -> svg.marked(tooltip, "rect", css, "x", x - 3, "y", y - 3, "width", 6, "height", 6);
      case 2 -> svg.marked(tooltip, "path", css, "d", path(x, y, 0, -4.2, 4, 3.1, -4, 3.1));
      default ->
          svg.marked(tooltip, "path", css, "d", path(x, y, 0, -4.4, 4.4, 0, 0, 4.4, -4.4, 0));
    }
  }

  private static String path(double x, double y, double... offsets) {
    StringBuilder path = new StringBuilder();
    for (int i = 0; i < offsets.length; i += 2) {
      path.append(i == 0 ? "M" : "L")
          .append(Svg.number(x + offsets[i]))
          .append(' ')
          .append(Svg.number(y + offsets[i + 1]));
    }
    return path.append('Z').toString();
  }
}

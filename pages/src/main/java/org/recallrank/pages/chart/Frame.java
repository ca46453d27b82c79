package org.recallrank.pages.chart;

import java.util.List;

/** The area of a chart between its axes, its grid, and the legend above it. */
final class Frame {
  static final double WIDTH = 360;
  private static final double PLOT_HEIGHT = 170;
  private static final double RIGHT = 12;
  private static final double BELOW = 40;
  private static final double LINE = 15;

  /** What the legend says of a series. */
  record Key(String name, int style, String look) {}

  final double left;
  final double right = WIDTH - RIGHT;
  final double top;
  final double bottom;
  final double height;

  /**
   * @param leftWidth space for labels on the left
   * @param below space for those below
   */
  private Frame(double leftWidth, double top, double plotHeight, double below) {
    left = leftWidth;
    this.top = top;
    bottom = top + plotHeight;
    height = bottom + below;
  }

  /** Draws legend and axes of a chart of numbers. */
  static Frame draw(Svg svg, Axis x, Axis y, List<Key> keys) {
    Frame frame = new Frame(leftOf(y), legend(svg, keys), PLOT_HEIGHT, BELOW);
    frame.horizontals(svg, y);
    frame.verticals(svg, x);
    return frame;
  }

  /** Draws legend and vertical axis; what stands below is the caller's. */
  static Frame draw(Svg svg, Axis y, List<Key> keys, double below) {
    Frame frame = new Frame(leftOf(y), legend(svg, keys), PLOT_HEIGHT, below);
    frame.horizontals(svg, y);
    return frame;
  }

  /** Draws legend and horizontal axis; what stands on the left is the caller's. */
  static Frame draw(Svg svg, Axis x, List<Key> keys, double leftWidth, double plotHeight) {
    Frame frame = new Frame(leftWidth, legend(svg, keys), plotHeight, BELOW);
    frame.verticals(svg, x);
    return frame;
  }

  private static double leftOf(Axis y) {
    double widest = 0;
    for (double tick : y.ticks()) {
      widest = Math.max(widest, Svg.width(y.label(tick)));
    }
    return widest + (y.title().isEmpty() ? 12 : 26);
  }

  private void horizontals(Svg svg, Axis y) {
    for (double tick : y.ticks()) {
      double at = y(y.at(tick));
      svg.element("line", "grid", "x1", left, "y1", at, "x2", right, "y2", at);
      svg.text("tick", left - 6, at + 4, "end", y.label(tick));
    }
    double middle = (top + bottom) / 2;
    svg.text(
        "axis", 0, 0, "middle", y.title(), "transform", "translate(11 " + middle + ") rotate(-90)");
  }

  private void verticals(Svg svg, Axis x) {
    for (double tick : x.ticks()) {
      double at = x(x.at(tick));
      svg.element("line", "grid", "x1", at, "y1", top, "x2", at, "y2", bottom);
      svg.text("tick", at, bottom + 14, "middle", x.label(tick));
    }
    titleBelow(svg, x.title());
  }

  void titleBelow(Svg svg, String title) {
    svg.text("axis", (left + right) / 2, height - 8, "middle", title);
  }

  /** Names in rows, each behind its sign; gives where the plot begins. */
  private static double legend(Svg svg, List<Key> keys) {
    double x = 6;
    double y = 12;
    for (Key key : keys) {
      double width = 22 + Svg.width(key.name) + 12;
      if (x > 6 && x + width > WIDTH) {
        x = 6;
        y += LINE;
      }
      switch (key.look) {
        case "bar", "bar light" ->
            svg.element(
                "rect",
                key.look + " s" + key.style,
                "x",
                x + 4,
                "y",
                y - 5,
                "width",
                10,
                "height",
                8);
        case "mark", "hollow" ->
            ChartStyle.mark(svg, key.style, key.look.equals("hollow"), x + 9, y - 1, key.name);
        default -> {
          svg.element(
              "line", key.look + " s" + key.style, "x1", x, "y1", y - 1, "x2", x + 18, "y2", y - 1);
          if (key.look.equals("line")) {
            ChartStyle.mark(svg, key.style, false, x + 9, y - 1, key.name);
          }
        }
      }
      svg.text("legend", x + 22, y + 3, "start", key.name);
      x += width;
    }
    return keys.isEmpty() ? 10 : y + LINE;
  }

  double x(double share) {
    return left + (right - left) * share;
  }

  double y(double share) {
    return bottom - (bottom - top) * share;
  }
}

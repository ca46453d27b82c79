package org.recallrank.pages.chart;

import java.util.ArrayList;
import java.util.List;

/** Lines, points with their spread, and levels. */
public final class XyChart {
  private XyChart() {}

  /**
   * Points of one kind; those that are not finite are left out.
   *
   * @param style colour and mark, below {@link ChartStyle#STYLES}
   * @param joined by a line
   */
  public record Series(String name, int style, boolean joined, List<Point> points) {}

  /**
   * A point.
   *
   * @param spread drawn as much up as down; NaN or 0 for none
   * @param tooltip what it says when pointed at
   * @param label what stands beside it; may be empty
   */
  public record Point(double x, double y, double spread, String tooltip, String label) {
    /** Without a label. */
    public Point(double x, double y, double spread, String tooltip) {
      this(x, y, spread, tooltip, "");
    }

    boolean isDrawn() {
      return Double.isFinite(x) && Double.isFinite(y);
    }
  }

  /** A horizontal, dashed line. */
  public record Level(String name, int style, double y) {}

  /**
   * Draws.
   *
   * @param label what the chart shows, for those who do not see it
   */
  public static Picture of(String label, Axis x, Axis y, List<Series> series, List<Level> levels) {
    Svg svg = new Svg();
    List<Frame.Key> keys = new ArrayList<>();
    for (Series s : series) {
      Frame.Key key = new Frame.Key(s.name, s.style, s.joined ? "line" : "mark");
      if (!s.name.isEmpty() && !keys.contains(key)) {
        keys.add(key);
      }
    }
    levels.forEach(l -> keys.add(new Frame.Key(l.name, l.style, "level")));
    Frame frame = Frame.draw(svg, x, y, keys);
    for (Level level : levels) {
      double at = frame.y(y.at(level.y));
      svg.marked(
          level.name,
          "line",
          "level s" + level.style,
          "x1",
          frame.left,
          "y1",
          at,
          "x2",
          frame.right,
          "y2",
          at);
    }
    for (Series s : series) {
      draw(svg, frame, x, y, s);
    }
    return new Picture(label, Frame.WIDTH, frame.height, svg.toString());
  }

  private static void draw(Svg svg, Frame frame, Axis x, Axis y, Series s) {
    List<Point> points = s.points.stream().filter(Point::isDrawn).toList();
    StringBuilder path = new StringBuilder();
    for (Point p : points) {
      path.append(path.isEmpty() ? "M" : "L")
          .append(Svg.number(frame.x(x.at(p.x))))
          .append(' ')
          .append(Svg.number(frame.y(y.at(p.y))));
    }
    if (s.joined && points.size() > 1) {
      svg.element("path", "line s" + s.style, "d", path);
    }
    for (Point p : points) {
      double px = frame.x(x.at(p.x));
      if (p.spread > 0) {
        svg.element(
            "line",
            "spread s" + s.style,
            "x1",
            px,
            "y1",
            frame.y(y.at(p.y - p.spread)),
            "x2",
            px,
            "y2",
            frame.y(y.at(p.y + p.spread)));
      }
      ChartStyle.mark(svg, s.style, false, px, frame.y(y.at(p.y)), p.tooltip);
      if (!p.label.isEmpty()) {
        svg.text("small", px, frame.y(y.at(p.y)) - 6, "middle", p.label);
      }
    }
  }
}

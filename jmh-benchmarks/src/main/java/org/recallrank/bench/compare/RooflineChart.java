package org.recallrank.bench.compare;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.recallrank.bench.ceilings.Ceilings;
import org.recallrank.pages.chart.Axis;
import org.recallrank.pages.chart.Picture;
import org.recallrank.pages.chart.Svg;

/**
 * A roofline (Williams et al. 2009) as inline SVG: operations per second over operations per byte,
 * both logarithmic, under the lines of peak and bandwidth.
 *
 * <p>Not one of the charts of {@code cli.chart}, though made of the same parts: none of those has a
 * roof, or labels that give way to each other.
 */
final class RooflineChart {

  /**
   * A measured operation.
   *
   * @param intensity operations per byte
   * @param flops operations per second
   * @param peer drawn small and without label
   */
  record Point(String label, double intensity, double flops, boolean peer) {}

  private record Box(double left, double top, double right, double bottom) {
    boolean overlaps(Box other) {
      return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
    }
  }

  private static final double WIDTH = 960;
  private static final double HEIGHT = 560;
  private static final double LEFT = 64;
  private static final double RIGHT = 16;
  private static final double TOP = 20;
  private static final double BOTTOM = 52;
  private static final double GIGA = 1e9;
  private static final double RADIUS = 5;
  private static final double LETTER =
      7.4; // width at the label's size of names that are half capitals
  private static final double LINE = 14;
  private static final double[] DISTANCES = {9, 18, 30, 45, 62, 82, 105, 130, 160, 195};
  private static final int DIRECTIONS = 16;

  private final Ceilings ceilings;
  private final List<Point> points;
  private final Axis horizontal;
  private final Axis vertical; // in GFLOP/s
  private final List<Box> taken = new ArrayList<>();
  private final Svg svg = new Svg();

  private RooflineChart(Ceilings ceilings, List<Point> points) {
    this.ceilings = ceilings;
    this.points = points;
    double ridge = ceilings.flops() / ceilings.bandwidth();
    double lowX = ridge / 8;
    double highX = ridge * 8;
    double lowY = ceilings.flops() / 30;
    double highY = ceilings.flops();
    for (Point p : points) {
      lowX = Math.min(lowX, p.intensity());
      highX = Math.max(highX, p.intensity());
      lowY = Math.min(lowY, p.flops());
      highY = Math.max(highY, p.flops());
    }
    horizontal = Axis.logarithmic("operations per byte from or to memory", lowX, highX);
    vertical = Axis.logarithmic("GFLOP/s", lowY / GIGA, highY / GIGA);
  }

  /** The picture; without points it shows the roof alone. */
  static String of(Ceilings ceilings, List<Point> points) {
    return new RooflineChart(ceilings, points).draw();
  }

  private String draw() {
    grid();
    roof();
    for (Point p : points) {
      taken.add(around(x(p.intensity()), y(p.flops()), RADIUS + 1));
    }
    points.stream().filter(Point::peer).forEach(this::dot);
    points.stream().filter(p -> !p.peer()).forEach(this::dot);
    points.stream()
        .filter(p -> !p.peer())
        .sorted(Comparator.comparingDouble(Point::flops).reversed())
        .forEach(this::label);
    return new Picture(
            "Roofline with " + ceilings.threads() + " threads", WIDTH, HEIGHT, svg.toString())
        .inline("roofline");
  }

  private void grid() {
    for (double tick : horizontal.ticks()) {
      double x = x(tick);
      svg.element("line", "grid", "x1", x, "y1", TOP, "x2", x, "y2", HEIGHT - BOTTOM);
      svg.text("tick", x, HEIGHT - BOTTOM + 18, "middle", horizontal.label(tick));
    }
    for (double tick : vertical.ticks()) {
      double y = y(tick * GIGA);
      svg.element("line", "grid", "x1", LEFT, "y1", y, "x2", WIDTH - RIGHT, "y2", y);
      svg.text("tick", LEFT - 8, y + 4, "end", vertical.label(tick));
    }
    svg.text("axis", (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, "middle", horizontal.title());
    double middle = (TOP + HEIGHT - BOTTOM) / 2;
    svg.text(
        "axis",
        0,
        0,
        "middle",
        vertical.title(),
        "transform",
        "translate(16 " + middle + ") rotate(-90)");
  }

  private void roof() {
    slope("l2", ceilings.l2(), "L2 " + HumanNumbers.prefixed(ceilings.l2(), "B/s"));
    slope(
        "memory",
        ceilings.bandwidth(),
        "memory " + HumanNumbers.prefixed(ceilings.bandwidth(), "B/s"));
    double y = y(ceilings.flops());
    double from = Math.max(horizontal.low(), ceilings.flops() / ceilings.l2());
    svg.element("line", "roof", "x1", x(from), "y1", y, "x2", WIDTH - RIGHT, "y2", y);
    text(
        "FMA peak " + HumanNumbers.prefixed(ceilings.flops(), "FLOP/s"),
        WIDTH - RIGHT - 4,
        y - 7,
        true);
  }

  /** The part of a bandwidth's line below the peak, with its name at the lower end. */
  private void slope(String style, double bandwidth, String name) {
    double fromX = Math.max(horizontal.low(), vertical.low() * GIGA / bandwidth);
    double toX = ceilings.flops() / bandwidth;
    if (fromX >= toX) {
      return;
    }
    svg.element(
        "line",
        "roof " + style,
        "x1",
        x(fromX),
        "y1",
        y(fromX * bandwidth),
        "x2",
        x(toX),
        "y2",
        y(ceilings.flops()));
    text(name, x(fromX) + 26, y(fromX * bandwidth) - 10, false);
  }

  private void text(String text, double x, double y, boolean end) {
    double width = LETTER * text.length();
    double left = end ? x - width : x;
    taken.add(new Box(left, y - LINE + 3, left + width, y + 3));
    svg.text("roofname", x, y, end ? "end" : "start", text);
  }

  private void dot(Point p) {
    svg.marked(
        "%s: %s, %s operations per byte"
            .formatted(
                p.label(),
                HumanNumbers.prefixed(p.flops(), "FLOP/s"),
                HumanNumbers.digits(p.intensity())),
        "circle",
        p.peer() ? "peer" : "ours",
        "cx",
        x(p.intensity()),
        "cy",
        y(p.flops()),
        "r",
        p.peer() ? RADIUS - 1.5 : RADIUS);
  }

  /** Puts the label at the nearest place that is free, with a line to its point if that is far. */
  private void label(Point p) {
    double x = x(p.intensity());
    double y = y(p.flops());
    double width = LETTER * p.label().length();
    for (double distance : DISTANCES) {
      for (int d = 0; d < DIRECTIONS; d++) {
        double angle = 2 * Math.PI * d / DIRECTIONS;
        double nearX = x + distance * Math.cos(angle);
        double nearY = y - distance * Math.sin(angle);
        double left = nearX + (Math.cos(angle) - 1) * width / 2;
        Box box = new Box(left, nearY - LINE / 2, left + width, nearY + LINE / 2);
        if (isFree(box)) {
          taken.add(box);
          if (distance > DISTANCES[1]) {
            svg.element("line", "leader", "x1", x, "y1", y, "x2", nearX, "y2", nearY);
          }
          svg.text("name", left, nearY + 4, "start", p.label());
          return;
        }
      }
    }
    // No room: the point keeps its tooltip, and the table has its numbers.
  }

  private boolean isFree(Box box) {
    return box.left() > LEFT
        && box.right() < WIDTH - 2
        && box.top() > 2
        && box.bottom() < HEIGHT - BOTTOM
        && taken.stream().noneMatch(box::overlaps);
  }

  private static Box around(double x, double y, double radius) {
    return new Box(x - radius, y - radius, x + radius, y + radius);
  }

  private double x(double intensity) {
    return LEFT + (WIDTH - LEFT - RIGHT) * horizontal.at(intensity);
  }

  private double y(double flops) {
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * vertical.at(flops / GIGA);
  }
}

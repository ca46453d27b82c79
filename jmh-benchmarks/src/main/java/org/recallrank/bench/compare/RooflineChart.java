package org.recallrank.bench.compare;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.recallrank.bench.ceilings.Ceilings;

/**
 * A roofline (Williams et al. 2009) as inline SVG: operations per second over operations per byte,
 * both logarithmic, under the lines of peak and bandwidth.
 *
 * <p>Written by hand, as chart libraries know neither its roof nor labels that give way to each
 * other, and fix the colours that here follow the page's light or dark theme.
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
  private static final double RADIUS = 5;
  private static final double LETTER = 6.4; // mean width at the label's size
  private static final double LINE = 14;
  private static final double[] DISTANCES = {9, 18, 30, 45, 62, 82, 105, 130, 160, 195};
  private static final int DIRECTIONS = 16;

  private final Ceilings ceilings;
  private final List<Point> points;
  private final double minX;
  private final double maxX;
  private final double minY;
  private final double maxY;
  private final List<Box> taken = new ArrayList<>();
  private final StringBuilder svg = new StringBuilder();

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
    minX = lowX / 1.6;
    maxX = highX * 1.6;
    minY = lowY / 1.6;
    maxY = highY * 1.6;
  }

  /** The picture; without points it shows the roof alone. */
  static String of(Ceilings ceilings, List<Point> points) {
    return new RooflineChart(ceilings, points).draw();
  }

  private String draw() {
    line(
        "<svg class=\"roofline\" viewBox=\"0 0 %.0f %.0f\" role=\"img\" aria-label=\"Roofline with"
            + " %d threads\">",
        WIDTH, HEIGHT, ceilings.threads());
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
    line("</svg>");
    return svg.toString();
  }

  private void grid() {
    for (double tick : ticks(minX, maxX)) {
      double x = x(tick);
      line(
          "<line class=\"grid\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>",
          x, TOP, x, HEIGHT - BOTTOM);
      line(
          "<text class=\"tick\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%s</text>",
          x, HEIGHT - BOTTOM + 18, plain(tick));
    }
    for (double tick : ticks(minY, maxY)) {
      double y = y(tick);
      line(
          "<line class=\"grid\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>",
          LEFT, y, WIDTH - RIGHT, y);
      line(
          "<text class=\"tick\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
          LEFT - 8, y + 4, plain(tick / 1e9));
    }
    line(
        "<text class=\"axis\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">operations per byte from"
            + " or to memory</text>",
        (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10);
    line(
        "<text class=\"axis\" transform=\"translate(16 %.1f) rotate(-90)\""
            + " text-anchor=\"middle\">GFLOP/s</text>",
        (TOP + HEIGHT - BOTTOM) / 2);
  }

  private void roof() {
    slope("l2", ceilings.l2(), "L2 " + Figures.prefixed(ceilings.l2(), "B/s"));
    slope(
        "memory", ceilings.bandwidth(), "memory " + Figures.prefixed(ceilings.bandwidth(), "B/s"));
    double y = y(ceilings.flops());
    line(
        "<line class=\"roof\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>",
        x(Math.max(minX, ceilings.flops() / ceilings.l2())), y, WIDTH - RIGHT, y);
    text(
        "FMA peak " + Figures.prefixed(ceilings.flops(), "FLOP/s"), WIDTH - RIGHT - 4, y - 7, true);
  }

  /** The part of a bandwidth's line below the peak, with its name at the lower end. */
  private void slope(String style, double bandwidth, String name) {
    double fromX = Math.max(minX, minY / bandwidth);
    double toX = ceilings.flops() / bandwidth;
    if (fromX >= toX) {
      return;
    }
    line(
        "<line class=\"roof %s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>",
        style, x(fromX), y(fromX * bandwidth), x(toX), y(ceilings.flops()));
    text(name, x(fromX) + 26, y(fromX * bandwidth) - 10, false);
  }

  private void text(String text, double x, double y, boolean end) {
    double width = LETTER * text.length();
    double left = end ? x - width : x;
    taken.add(new Box(left, y - LINE + 3, left + width, y + 3));
    line(
        "<text class=\"roofname\" x=\"%.1f\" y=\"%.1f\"%s>%s</text>",
        x, y, end ? " text-anchor=\"end\"" : "", Html.escape(text));
  }

  private void dot(Point p) {
    line(
        "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\"><title>%s: %s,"
            + " %s operations per byte</title></circle>",
        p.peer() ? "peer" : "ours",
        x(p.intensity()),
        y(p.flops()),
        p.peer() ? RADIUS - 1.5 : RADIUS,
        Html.escape(p.label()),
        Figures.prefixed(p.flops(), "FLOP/s"),
        Figures.digits(p.intensity()));
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
            line(
                "<line class=\"leader\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>",
                x, y, nearX, nearY);
          }
          line(
              "<text class=\"name\" x=\"%.1f\" y=\"%.1f\">%s</text>",
              left, nearY + 4, Html.escape(p.label()));
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
    return LEFT + (WIDTH - LEFT - RIGHT) * Math.log(intensity / minX) / Math.log(maxX / minX);
  }

  private double y(double flops) {
    return HEIGHT
        - BOTTOM
        - (HEIGHT - TOP - BOTTOM) * Math.log(flops / minY) / Math.log(maxY / minY);
  }

  /** 1, 2 and 5 times powers of ten, or powers alone where that would be too many. */
  private static List<Double> ticks(double min, double max) {
    double[] steps = max / min > 2000 ? new double[] {1} : new double[] {1, 2, 5};
    List<Double> ticks = new ArrayList<>();
    for (int power = (int) Math.floor(Math.log10(min)); power <= Math.log10(max); power++) {
      for (double step : steps) {
        double tick = step * Math.pow(10, power);
        if (tick >= min && tick <= max) {
          ticks.add(tick);
        }
      }
    }
    return ticks;
  }

  private static String plain(double value) {
    return value >= 1
        ? String.format(Locale.ROOT, "%.0f", value)
        : String.format(
            Locale.ROOT, "%." + (int) Math.ceil(-Math.log10(value) - 1e-9) + "f", value);
  }

  private void line(String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}

package org.recallrank.pages.chart;

/**
 * A finished chart.
 *
 * @param label what it shows, for those who do not see it
 * @param body the SVG inside the outer element
 */
public record Picture(String label, double width, double height, String body) {

  /** For a page that has the rules of {@link ChartStyle} in its own style sheet. */
  public String inline() {
    return inline("chart");
  }

  /** For a page that has rules of its own for a class. */
  public String inline(String style) {
    return svg(style, "", "");
  }

  /** A file of its own, with its style. */
  public String file() {
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        + svg(
            "chart",
            " xmlns=\"http://www.w3.org/2000/svg\" width=\""
                + Svg.number(2 * width)
                + "\" height=\""
                + Svg.number(2 * height)
                + "\"",
            "<style>\n"
                + ChartStyle.sheet()
                + "</style>\n<rect class=\"back\" width=\"100%\" height=\"100%\"/>\n");
  }

  private String svg(String style, String attributes, String first) {
    return "<svg class=\""
        + style
        + "\" viewBox=\"0 0 "
        + Svg.number(width)
        + " "
        + Svg.number(height)
        + "\" role=\"img\" aria-label=\""
        + Xml.escape(label)
        + "\""
        + attributes
        + ">\n"
        + first
        + body
        + "</svg>\n";
  }
}

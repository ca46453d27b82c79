package org.recallrank.pages.chart;

import java.util.Locale;

/** Builds the inside of a picture, element by element. */
public final class Svg {
  /** Mean width of a letter of the charts' text, in units of the picture. */
  static final double LETTER = 6.1;

  private final StringBuilder out = new StringBuilder();

  /** With nothing inside yet. */
  public Svg() {}

  /** Estimated width of a text. */
  static double width(String text) {
    return LETTER * text.length();
  }

  /** An element without content; numbers are written with two decimals. */
  public void element(String name, String style, Object... namesAndValues) {
    start(name, style, namesAndValues);
    out.append("/>\n");
  }

  /** An element that shows a text when it is pointed at. */
  public void marked(String tooltip, String name, String style, Object... namesAndValues) {
    start(name, style, namesAndValues);
    out.append("><title>").append(Xml.escape(tooltip)).append("</title></").append(name);
    out.append(">\n");
  }

  /**
   * A text.
   *
   * @param anchor start, middle or end
   */
  public void text(String style, double x, double y, String anchor, String text, Object... more) {
    start("text", style, more);
    attribute("x", x);
    attribute("y", y);
    attribute("text-anchor", anchor);
    out.append('>').append(Xml.escape(text)).append("</text>\n");
  }

  private void start(String name, String style, Object... namesAndValues) {
    out.append('<').append(name);
    attribute("class", style);
    for (int i = 0; i < namesAndValues.length; i += 2) {
      attribute((String) namesAndValues[i], namesAndValues[i + 1]);
    }
  }

  private void attribute(String name, Object value) {
    out.append(' ').append(name).append("=\"");
    out.append(value instanceof Number n ? number(n.doubleValue()) : Xml.escape(value.toString()));
    out.append('"');
  }

  static String number(double value) {
    return String.format(Locale.ROOT, "%.2f", value).replaceAll("\\.?0+$", "");
  }

  @Override
  public String toString() {
    return out.toString();
  }
}

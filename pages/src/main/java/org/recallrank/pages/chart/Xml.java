package org.recallrank.pages.chart;

/** Text for HTML and SVG. */
public final class Xml {
  private Xml() {}

  /**
   * The text with {@code &}, angle brackets and double quotes as entities: for content, and for
   * attributes in double quotes.
   */
  public static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}

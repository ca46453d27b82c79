package org.recallrank.pages.chart;

/** Text for HTML and SVG. */
public final class Xml {
  private Xml() {}

  public static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}

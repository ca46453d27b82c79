package org.recallrank.model.schema;

/** Numbers as data files write them. */
public final class Numbers {
  private Numbers() {}

  /** A decimal number, or NaN if the text is none or does not fit a float. */
  public static float parse(String text) {
    for (int i = 0; i < text.length(); i++) {
      // Java's parser also takes NaN, Infinity, hexadecimal and 1f, which no data file means.
      if ("0123456789+-.eE".indexOf(text.charAt(i)) < 0) {
        return Float.NaN;
      }
    }
    try {
      float number = Float.parseFloat(text);
      return Float.isFinite(number) ? number : Float.NaN;
    } catch (NumberFormatException e) {
      return Float.NaN;
    }
  }
}

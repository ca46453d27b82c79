package org.recallrank.training.source;

import java.nio.file.Path;
import org.recallrank.model.io.DataException;

/** Messages about rows that are not as they should be, and the checks that they share. */
public final class Malformed {
  private static final int SHOWN = 60;

  private Malformed() {}

  /** A row as a whole. */
  public static DataException row(Path file, long line, String problem) {
    return new DataException(file + ", line " + line + ": " + problem);
  }

  /** One value of a row. */
  public static DataException value(
      Path file, long line, String column, String expected, String found) {
    return row(
        file, line, "column " + column + ": expected " + expected + ", found " + quote(found));
  }

  /** The text for a message: in quotes, cut if long. */
  public static String quote(String found) {
    if (found == null || found.isEmpty()) {
      return "nothing";
    }
    return "'" + (found.length() <= SHOWN ? found : found.substring(0, SHOWN) + "...") + "'";
  }

  /** Whether the text holds digits only. */
  public static boolean isDigits(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return !text.isEmpty();
  }
}

package org.recallrank.training.source;

import org.recallrank.model.io.DataException;

/**
 * What to do with malformed rows.
 *
 * @param limit how many may be left out per read of a data set before it is an error
 */
public record BadRows(long limit) {
  /** The default: the first malformed row is an error. */
  public static final BadRows FAIL = new BadRows(0);

  private static final String SKIP = "skip:";

  /**
   * Checks the limit.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public BadRows {
    if (limit < 0) {
      throw new IllegalArgumentException("bad rows to skip must not be negative: " + limit);
    }
  }

  /**
   * Reads {@code fail} or {@code skip:N}.
   *
   * @throws DataException for anything else
   */
  public static BadRows parse(String text) {
    if (text.equals("fail")) {
      return FAIL;
    }
    if (text.startsWith(SKIP)) {
      try {
        return new BadRows(Long.parseLong(text.substring(SKIP.length())));
      } catch (IllegalArgumentException e) {
        // Not a count: falls through to the message.
      }
    }
    throw new DataException("bad rows: expected fail or skip:N, found '" + text + "'");
  }
}

package org.recallrank.model.schema;

/**
 * Walks over the tokens of a sequence value; empty ones are left out.
 *
 * <p>Serves one thread at a time.
 */
public final class Tokens {
  private final String text;
  private int next;
  private String token;

  /**
   * Starts before the first token.
   *
   * @param text tokens joined by {@link RawRow#SEPARATOR}, or null
   */
  public Tokens(String text) {
    this.text = text == null ? "" : text;
  }

  /** Goes to the next token, if there is one. */
  public boolean next() {
    while (next < text.length()) {
      int end = text.indexOf(RawRow.SEPARATOR, next);
      end = end < 0 ? text.length() : end;
      int begin = next;
      next = end + 1;
      if (end > begin) {
        token = text.substring(begin, end);
        return true;
      }
    }
    return false;
  }

  /** The token that {@link #next} went to. */
  public String token() {
    return token;
  }
}

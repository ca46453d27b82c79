package org.recallrank.model.schema;

/**
 * A row before encoding. A source fills the same object again and again; indices are those of its
 * {@link Columns}.
 *
 * <p>Serves one thread at a time.
 */
public final class RawRow {
  /** What separates the tokens of a sequence. */
  public static final char SEPARATOR = '^';

  /**
   * Per categorical column its token, per sequence column its tokens joined by {@link #SEPARATOR};
   * null or empty if missing.
   */
  public final String[] tokens;

  /** Per numeric column its value. */
  public final float[] numbers;

  /** 0 or 1; NaN if the source has no labels. */
  public float label;

  /** Which session the row is of, from 1; 0 if the source has none. */
  public int session;

  /** An empty row of so many columns, of whatever types. */
  public RawRow(int columns) {
    tokens = new String[columns];
    numbers = new float[columns];
  }
}

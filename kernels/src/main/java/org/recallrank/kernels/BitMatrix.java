package org.recallrank.kernels;

/**
 * A view of an array as a dense matrix of bits, such as signatures: each row is {@code words}
 * consecutive longs. Bit j of a row is bit j % 64, least significant first, of its word j / 64. The
 * array is shared. One that exists fits its array.
 *
 * @param offset of row 0, in longs
 */
public record BitMatrix(long[] data, int offset, int rows, int words) {

  /**
   * Checks that it fits its array.
   *
   * @throws IllegalArgumentException if there is no word in a row, a size is negative or the array
   *     is too short
   */
  public BitMatrix {
    if (rows < 0 || words < 1 || offset < 0 || offset + (long) rows * words > data.length) {
      throw refused(data.length, offset, rows, words);
    }
  }

  /** As many whole rows as an array has. */
  public static BitMatrix of(long[] data, int words) {
    return new BitMatrix(data, 0, words < 1 ? 0 : data.length / words, words);
  }

  /** Rows from .. from + n. */
  public BitMatrix rows(int from, int n) {
    if (from < 0 || n < 0 || from > rows - n) {
      throw new IllegalArgumentException(
          "rows " + from + " to " + ((long) from + n) + " are outside " + shape());
    }
    return new BitMatrix(data, at(from), n, words);
  }

  /** Where row i starts in {@link #data}; not checked. */
  public int at(int i) {
    return offset + i * words;
  }

  /** Bits of a row. */
  public int bits() {
    return Long.SIZE * words;
  }

  /** Number of words. */
  public int size() {
    return rows * words;
  }

  /** Such as {@code [3, 128 bits]}, for messages. */
  public String shape() {
    return "[" + rows + ", " + Long.SIZE * (long) words + " bits]";
  }

  private static IllegalArgumentException refused(int length, int offset, int rows, int words) {
    if (rows < 0 || offset < 0) {
      return new IllegalArgumentException(
          "bit matrix: rows and offset must not be negative: " + rows + ", " + offset);
    }
    if (words < 1) {
      return new IllegalArgumentException("bit matrix: words must be at least 1: " + words);
    }
    return new IllegalArgumentException(
        "bit matrix of %s rows needs %s elements from offset %s, but its array has %s"
            .formatted(rows, (long) rows * words, offset, length));
  }
}

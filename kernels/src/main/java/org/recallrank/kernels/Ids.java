package org.recallrank.kernels;

/**
 * A view of {@code size} consecutive row numbers in an array, which is shared. One that exists fits
 * its array.
 *
 * @param offset of element 0
 */
public record Ids(int[] data, int offset, int size) {

  /**
   * Checks that it fits its array; whether the numbers are rows of something is for kernels to see.
   *
   * @throws IllegalArgumentException if the size is negative or the array is too short
   */
  public Ids {
    if (size < 0) {
      throw new IllegalArgumentException("ids: size must not be negative: " + size);
    }
    if (offset < 0) {
      throw new IllegalArgumentException("ids: offset must not be negative: " + offset);
    }
    if (offset > data.length - size) {
      throw new IllegalArgumentException(
          "ids need %s elements from offset %s, but their array has %s"
              .formatted(size, offset, data.length));
    }
  }

  /** Row number i; only the array checks it. */
  public int get(int i) {
    return data[offset + i];
  }

  /** A whole array. */
  public static Ids of(int[] data) {
    return new Ids(data, 0, data.length);
  }

  /** The first {@code size} elements of an array. */
  public static Ids of(int[] data, int size) {
    return new Ids(data, 0, size);
  }
}

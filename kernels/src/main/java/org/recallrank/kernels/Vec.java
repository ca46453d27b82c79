package org.recallrank.kernels;

import java.util.Arrays;

/**
 * A view of {@code size} consecutive elements of an array, which is shared. One that exists fits
 * its array: kernels check only whether views fit each other.
 *
 * @param offset of element 0, in floats
 */
public record Vec(float[] data, int offset, int size) {

  /**
   * Checks that it fits its array.
   *
   * @throws IllegalArgumentException if the size is negative or the array is too short
   */
  public Vec {
    if (size < 0) {
      throw new IllegalArgumentException("vector: size must not be negative: " + size);
    }
    if (offset < 0) {
      throw new IllegalArgumentException("vector: offset must not be negative: " + offset);
    }
    if (offset > data.length - size) {
      throw new IllegalArgumentException(
          "vector needs %s elements from offset %s, but its array has %s"
              .formatted(size, offset, data.length));
    }
  }

  /** A whole array. */
  public static Vec of(float[] data) {
    return new Vec(data, 0, data.length);
  }

  /** An array with the elements from 0 on, to be read only: the own one if they stand there. */
  public float[] fromZero() {
    return offset == 0 ? data : Arrays.copyOfRange(data, offset, offset + size);
  }

  /** Where element i stands in {@link #data}; not checked. */
  public int at(int i) {
    return offset + i;
  }

  /** Element i; only the array checks it. */
  public float get(int i) {
    return data[offset + i];
  }

  /** Replaces element i; only the array checks it. */
  public void set(int i, float value) {
    data[offset + i] = value;
  }

  /** Elements from .. from + n. */
  public Vec slice(int from, int n) {
    if (from < 0 || n < 0 || from > size - n) {
      throw new IllegalArgumentException(
          "elements " + from + " to " + ((long) from + n) + " are outside a vector of " + size);
    }
    return new Vec(data, offset + from, n);
  }

  /** The same elements as a dense matrix of that many columns. */
  public Matrix matrix(int rows, int cols) {
    if ((long) rows * cols != size) {
      throw new IllegalArgumentException(
          "a vector of " + size + " elements is no matrix [" + rows + ", " + cols + "]");
    }
    return new Matrix(data, offset, rows, cols);
  }
}

package org.recallrank.tensor;

import java.util.Arrays;

/**
 * The sizes of a tensor's axes, outermost first; no axes make a scalar of one element.
 *
 * <p>Immutable: threads may share it.
 */
public final class Shape {
  private final int[] dims;
  private final int size;

  private Shape(int[] dims) {
    long product = 1;
    for (int dim : dims) {
      if (dim < 0) {
        throw new IllegalArgumentException("negative axis in shape " + Arrays.toString(dims));
      }
      product = Math.multiplyExact(product, (long) dim);
    }
    if (product > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "shape "
              + Arrays.toString(dims)
              + " has "
              + product
              + " elements, more than an array holds");
    }
    this.dims = dims;
    this.size = (int) product;
  }

  /**
   * A shape of these axes.
   *
   * @throws IllegalArgumentException if an axis is negative, or no array holds as many elements
   * @throws ArithmeticException if their product is beyond a {@code long}
   */
  public static Shape of(int... dims) {
    return new Shape(dims.clone());
  }

  /** Number of axes. */
  public int rank() {
    return dims.length;
  }

  /** Length of one axis; negative numbers count from the last axis (-1). */
  public int dim(int axis) {
    return dims[axis < 0 ? dims.length + axis : axis];
  }

  /** Number of elements. */
  public int size() {
    return size;
  }

  /** Length of the last axis, 1 for a scalar: the columns of the tensor seen as a matrix. */
  public int cols() {
    return dims.length == 0 ? 1 : dims[dims.length - 1];
  }

  /** Product of all axes but the last: the rows of the tensor seen as a matrix. */
  public int rows() {
    int rows = 1;
    for (int axis = 0; axis < dims.length - 1; axis++) {
      rows *= dims[axis];
    }
    return rows;
  }

  /** A copy of the axes. */
  public int[] toArray() {
    return dims.clone();
  }

  /** Whether these are the axes, without building a shape. */
  public boolean is(int... expected) {
    return Arrays.equals(dims, expected);
  }

  /** {@link #is(int...)} for one axis. */
  public boolean is(int n) {
    return dims.length == 1 && dims[0] == n;
  }

  /** {@link #is(int...)} for two axes. */
  public boolean is(int rows, int cols) {
    return dims.length == 2 && dims[0] == rows && dims[1] == cols;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape that && Arrays.equals(dims, that.dims);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(dims);
  }

  @Override
  public String toString() {
    return Arrays.toString(dims);
  }
}

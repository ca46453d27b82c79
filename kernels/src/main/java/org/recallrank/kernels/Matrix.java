package org.recallrank.kernels;

/**
 * A view of an array as a matrix [rows, cols]. Element (i, j) stands at {@code data[offset + i *
 * stride + j]}, of a transposed one at {@code data[offset + j * stride + i]}. The array is shared,
 * so a view costs nothing and writing through it writes to the array.
 *
 * <p>A view that exists fits its array: kernels check only whether views fit each other.
 *
 * @param offset of element (0, 0), in floats
 * @param stride floats from one stored row to the next (a leading dimension)
 * @param transposed whether columns are stored one after the other instead of rows
 */
public record Matrix(float[] data, int offset, int rows, int cols, int stride, boolean transposed) {

  /**
   * Checks that it fits its array.
   *
   * @throws IllegalArgumentException if a size is negative, stored rows would overlap, or the array
   *     is too short
   */
  public Matrix {
    int stored = transposed ? cols : rows;
    int width = transposed ? rows : cols;
    long needed = stored == 0 || width == 0 ? 0 : (stored - 1L) * stride + width;
    if (rows < 0 || cols < 0 || stride < width || offset < 0 || offset + needed > data.length) {
      throw refused(data.length, offset, rows, cols, stride, transposed);
    }
  }

  /** Stored row by row, {@code stride} floats apart. */
  public Matrix(float[] data, int offset, int rows, int cols, int stride) {
    this(data, offset, rows, cols, stride, false);
  }

  /** Dense: row by row without a gap. */
  public Matrix(float[] data, int offset, int rows, int cols) {
    this(data, offset, rows, cols, cols, false);
  }

  /** The first rows * cols elements of an array, dense. */
  public static Matrix of(float[] data, int rows, int cols) {
    return new Matrix(data, 0, rows, cols, cols, false);
  }

  /** The transpose, of the same elements. */
  public Matrix t() {
    return new Matrix(data, offset, cols, rows, stride, !transposed);
  }

  /** Rows from .. from + n. */
  public Matrix rows(int from, int n) {
    checkPart("rows", from, n, rows);
    return new Matrix(data, n == 0 ? offset : at(from, 0), n, cols, stride, transposed);
  }

  /** Columns from .. from + n. */
  public Matrix columns(int from, int n) {
    checkPart("columns", from, n, cols);
    return new Matrix(data, size() == 0 ? offset : at(0, from), rows, n, stride, transposed);
  }

  /**
   * Row i as a vector.
   *
   * @throws IllegalStateException of a transposed view, whose rows are not stored in one piece
   */
  public Vec row(int i) {
    if (transposed) {
      throw new IllegalStateException("a row of a transposed matrix is not one piece of its array");
    }
    checkPart("rows", i, 1, rows);
    return new Vec(data, at(i, 0), cols);
  }

  /** Where element (i, j) stands in {@link #data}; not checked. */
  public int at(int i, int j) {
    return offset + (transposed ? j * stride + i : i * stride + j);
  }

  /** From an element to the one below it, in floats. */
  public int rowStep() {
    return transposed ? 1 : stride;
  }

  /** From an element to the one on its right, in floats. */
  public int columnStep() {
    return transposed ? stride : 1;
  }

  /** Number of elements. */
  public int size() {
    return rows * cols;
  }

  /** Whether rows follow each other without a gap. */
  public boolean dense() {
    return !transposed && (stride == cols || rows <= 1);
  }

  /**
   * All elements, row by row.
   *
   * @throws IllegalStateException if they are not {@link #dense}
   */
  public Vec flat() {
    if (!dense()) {
      throw new IllegalStateException(this + " is not dense");
    }
    return new Vec(data, offset, size());
  }

  /** Such as {@code [3, 4]}, for messages. */
  public String shape() {
    return "[" + rows + ", " + cols + "]";
  }

  @Override
  public String toString() {
    return "matrix %s%s with row stride %s at offset %s of an array of %s"
        .formatted(shape(), transposed ? " (transposed)" : "", stride, offset, data.length);
  }

  private void checkPart(String what, int from, int n, int of) {
    if (from < 0 || n < 0 || from > of - n) {
      throw new IllegalArgumentException(
          what + " " + from + " to " + ((long) from + n) + " are outside " + shape());
    }
  }

  private static IllegalArgumentException refused(
      int length, int offset, int rows, int cols, int stride, boolean transposed) {
    String stored = transposed ? " (transposed)" : "";
    String shape = "matrix [" + rows + ", " + cols + "]" + stored;
    int width = transposed ? rows : cols;
    if (rows < 0 || cols < 0) {
      return new IllegalArgumentException(shape + ": sizes must not be negative");
    }
    if (stride < width) {
      return new IllegalArgumentException(
          shape + ": leading dimension is " + stride + ", smaller than its row of " + width);
    }
    if (offset < 0) {
      return new IllegalArgumentException(shape + ": offset must not be negative: " + offset);
    }
    long needed = ((transposed ? cols : rows) - 1L) * stride + width;
    return new IllegalArgumentException(
        "%s with leading dimension %s needs %s elements from offset %s, but its array has %s"
            .formatted(shape, stride, Math.max(0, needed), offset, length));
  }
}

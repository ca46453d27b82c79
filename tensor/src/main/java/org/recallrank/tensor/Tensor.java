package org.recallrank.tensor;

import java.util.Arrays;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.Vec;

/**
 * A dense row-major block of floats: element (i, j, ..) stands at {@code offset + (i * dim(1) + j)
 * * dim(2) ...} of {@code data}. Views share the array.
 *
 * <p>Any number of threads may read a tensor while none writes to its array.
 */
public final class Tensor {
  private final float[] data;
  private final int offset;
  private final Shape shape;
  // Made when first asked for; immutable, so a race makes two equal ones.
  private Matrix matrix;
  private Matrix transposed;
  private Vec vec;

  private Tensor(float[] data, int offset, Shape shape) {
    if (offset < 0 || offset > data.length - shape.size()) {
      throw new IllegalArgumentException(
          "tensor of shape "
              + shape
              + " at offset "
              + offset
              + " does not fit an array of "
              + data.length);
    }
    this.data = data;
    this.offset = offset;
    this.shape = shape;
  }

  /** A tensor of zeros. */
  public static Tensor zeros(int... dims) {
    Shape shape = Shape.of(dims);
    return new Tensor(new float[shape.size()], 0, shape);
  }

  /** A view of the first elements of an array of the caller; nothing is copied. */
  public static Tensor wrap(float[] data, int... dims) {
    return wrap(data, Shape.of(dims));
  }

  /** A view of the first elements of an array of the caller; nothing is copied. */
  public static Tensor wrap(float[] data, Shape shape) {
    return new Tensor(data, 0, shape);
  }

  /** A view that begins {@code from} elements after this one. */
  public Tensor view(int from, int... dims) {
    return view(from, Shape.of(dims));
  }

  /** A view that begins {@code from} elements after this one. */
  public Tensor view(int from, Shape part) {
    if (from < 0 || from > shape.size() - part.size()) {
      throw new IllegalArgumentException(
          "view of shape " + part + " from element " + from + " leaves a tensor of shape " + shape);
    }
    return new Tensor(data, offset + from, part);
  }

  /** The same elements under another shape of equal size. */
  public Tensor reshape(int... dims) {
    Shape other = Shape.of(dims);
    if (other.size() != shape.size()) {
      throw new IllegalArgumentException(
          "reshape: "
              + shape
              + " has "
              + shape.size()
              + " elements, "
              + other
              + " has "
              + other.size());
    }
    return new Tensor(data, offset, other);
  }

  /** The array behind the tensor, shared. */
  public float[] data() {
    return data;
  }

  /** Where the tensor begins in {@link #data}. */
  public int offset() {
    return offset;
  }

  /** The sizes of the axes. */
  public Shape shape() {
    return shape;
  }

  /** Number of elements. */
  public int size() {
    return shape.size();
  }

  /** Product of all axes but the last, 1 for a scalar. */
  public int rows() {
    return shape.rows();
  }

  /** Length of the last axis, 1 for a scalar. */
  public int cols() {
    return shape.cols();
  }

  /** The elements as a matrix [{@link #rows}, {@link #cols}]; the same object every time. */
  public Matrix matrix() {
    Matrix view = matrix;
    if (view == null) {
      view = new Matrix(data, offset, rows(), cols());
      matrix = view;
    }
    return view;
  }

  /** The transpose of {@link #matrix}, of the same elements; the same object every time. */
  public Matrix transposed() {
    Matrix view = transposed;
    if (view == null) {
      view = matrix().t();
      transposed = view;
    }
    return view;
  }

  /** All elements, row by row; the same object every time. */
  public Vec vec() {
    Vec view = vec;
    if (view == null) {
      view = new Vec(data, offset, size());
      vec = view;
    }
    return view;
  }

  /** The element at a position of the flattened tensor. */
  public float get(int i) {
    return data[offset + i];
  }

  /** Sets the element at a position of the flattened tensor. */
  public void set(int i, float value) {
    data[offset + i] = value;
  }

  /** Adds to an element. */
  public void add(int i, float value) {
    data[offset + i] += value;
  }

  /** Adds to an element, or replaces it. */
  public void put(int i, float value, boolean accumulate) {
    data[offset + i] = accumulate ? data[offset + i] + value : value;
  }

  /** Sets every element to one value. */
  public void fill(float value) {
    Arrays.fill(data, offset, offset + size(), value);
  }

  /** Replaces all elements. */
  public void copyFrom(float[] values) {
    if (values.length != size()) {
      throw new IllegalArgumentException(
          "tensor of shape " + shape + " takes " + size() + " values, found " + values.length);
    }
    System.arraycopy(values, 0, data, offset, values.length);
  }

  /** Replaces all elements by those of a matrix of this shape, transposed or not, row by row. */
  public void copyFrom(Matrix values) {
    if (values.rows() != rows() || values.cols() != cols()) {
      throw new IllegalArgumentException(
          "tensor of shape " + shape + " takes no matrix " + values.shape());
    }
    for (int i = 0; i < values.rows(); i++) {
      for (int j = 0; j < values.cols(); j++) {
        set(i * values.cols() + j, values.data()[values.at(i, j)]);
      }
    }
  }

  /** A copy of the elements. */
  public float[] toArray() {
    return Arrays.copyOfRange(data, offset, offset + size());
  }

  @Override
  public String toString() {
    int shown = Math.min(8, size());
    String values = Arrays.toString(Arrays.copyOfRange(data, offset, offset + shown));
    return "Tensor" + shape + (shown < size() ? values.replace("]", ", ...]") : values);
  }
}

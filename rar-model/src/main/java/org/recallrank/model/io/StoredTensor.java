package org.recallrank.model.io;

import java.util.Arrays;

/**
 * A named array of a safetensors file: element type, shape, and the elements in row-major order.
 *
 * <p>The array is not copied, neither on the way in nor on the way out: threads may share it while
 * none writes to it.
 */
public final class StoredTensor {

  /** The element types that are read and written here, of the many the format knows. */
  public enum DType {
    /** {@code float}, IEEE 754. */
    F32(4),
    /** {@code int}. */
    I32(4),
    /** {@code long}. */
    I64(8),
    /** {@code boolean}, a byte each. */
    BOOL(1);

    private final int bytes;

    DType(int bytes) {
      this.bytes = bytes;
    }

    /** Bytes of one element. */
    public int bytes() {
      return bytes;
    }
  }

  private final DType dtype;
  private final long[] shape;
  private final Object array;

  private StoredTensor(DType dtype, int length, Object array, long[] shape) {
    if (elements(shape) != length) {
      throw new IllegalArgumentException(
          "shape " + Arrays.toString(shape) + " does not hold " + length + " elements");
    }
    this.dtype = dtype;
    this.array = array;
    this.shape = shape.clone();
  }

  /** Of type F32; no dimensions mean a scalar. */
  public static StoredTensor of(float[] elements, long... shape) {
    return new StoredTensor(DType.F32, elements.length, elements, shape);
  }

  /** Of type I32. */
  public static StoredTensor of(int[] elements, long... shape) {
    return new StoredTensor(DType.I32, elements.length, elements, shape);
  }

  /** Of type I64. */
  public static StoredTensor of(long[] elements, long... shape) {
    return new StoredTensor(DType.I64, elements.length, elements, shape);
  }

  /** Of type BOOL. */
  public static StoredTensor of(boolean[] elements, long... shape) {
    return new StoredTensor(DType.BOOL, elements.length, elements, shape);
  }

  /** The type of its elements. */
  public DType dtype() {
    return dtype;
  }

  /** Its dimensions, in a new array; none for a scalar. */
  public long[] shape() {
    return shape.clone();
  }

  /** How many elements. */
  public long size() {
    return elements(shape);
  }

  /**
   * The elements of an F32 tensor.
   *
   * @throws IllegalStateException if it is of another type
   */
  public float[] floats() {
    return (float[]) arrayOf(DType.F32);
  }

  /** The elements of an I32 tensor; fails as {@link #floats}. */
  public int[] ints() {
    return (int[]) arrayOf(DType.I32);
  }

  /** The elements of an I64 tensor; fails as {@link #floats}. */
  public long[] longs() {
    return (long[]) arrayOf(DType.I64);
  }

  /** The elements of a BOOL tensor; fails as {@link #floats}. */
  public boolean[] booleans() {
    return (boolean[]) arrayOf(DType.BOOL);
  }

  private Object arrayOf(DType wanted) {
    if (dtype != wanted) {
      throw new IllegalStateException("expected a tensor of type " + wanted + ", found " + this);
    }
    return array;
  }

  /**
   * The product of the dimensions.
   *
   * @throws ArithmeticException if it does not fit a long
   * @throws IllegalArgumentException if a dimension is negative
   */
  static long elements(long[] shape) {
    long product = 1;
    boolean empty = false;
    for (long dimension : shape) {
      if (dimension < 0) {
        throw new IllegalArgumentException("negative dimension in " + Arrays.toString(shape));
      }
      if (dimension == 0) {
        empty = true;
      } else {
        product = Math.multiplyExact(product, dimension);
      }
    }
    return empty ? 0 : product;
  }

  @Override
  public String toString() {
    return type(dtype, shape);
  }

  /** What {@link #toString} says of a tensor of this type and shape. */
  public static String type(DType dtype, long... shape) {
    return dtype + Arrays.toString(shape);
  }
}

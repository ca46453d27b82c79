package org.recallrank.kernels;

/**
 * Work arrays that each thread keeps between calls, so that the steady state allocates nothing.
 * They belong to the kernel object that holds this and go when it goes.
 */
public final class Scratch {
  /** Without arrays yet. */
  public Scratch() {}

  private final ThreadLocal<float[]> floats = ThreadLocal.withInitial(() -> new float[0]);
  private final ThreadLocal<double[]> doubles = ThreadLocal.withInitial(() -> new double[0]);
  private final ThreadLocal<int[]> ints = ThreadLocal.withInitial(() -> new int[0]);

  /** This thread's floats, at least {@code n}; the contents are left from the last use. */
  public float[] floats(int n) {
    float[] array = floats.get();
    if (array.length < n) {
      array = new float[n];
      floats.set(array);
    }
    return array;
  }

  /** This thread's doubles, at least {@code n}; the contents are left from the last use. */
  public double[] doubles(int n) {
    double[] array = doubles.get();
    if (array.length < n) {
      array = new double[n];
      doubles.set(array);
    }
    return array;
  }

  /** This thread's ints, at least {@code n}; the contents are left from the last use. */
  public int[] ints(int n) {
    int[] array = ints.get();
    if (array.length < n) {
      array = new int[n];
      ints.set(array);
    }
    return array;
  }
}

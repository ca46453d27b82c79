package org.recallrank.kernels;

/** Single-precision matrix products on row-major arrays. */
public interface MatMulKernel {

  /** What is applied to each element of the product after the bias. */
  enum Activation {
    NONE,
    RELU
  }

  /**
   * C = act(alpha * op(A) op(B) + beta * C + bias), where op(X) is X or its transpose and bias is
   * added to every row.
   *
   * <p>All matrices are row-major: element (i, j) of a stored matrix is {@code x[offset + i * ld +
   * j]}, ld in floats. A is stored [m, k] or, transposed, [k, m]; B [k, n] or, transposed, [n, k];
   * C [m, n]. With {@code beta == 0} C is written without being read, so it may hold anything (NaN
   * included). C must not overlap A, B or bias. Each element is summed in the same order whatever
   * the number of threads.
   *
   * @param bias n values from {@code biasOffset}, or null for none
   * @throws IllegalArgumentException if a size is negative, a leading dimension is smaller than its
   *     row, or an array is too short
   */
  void gemm(
      boolean transposeA,
      boolean transposeB,
      int m,
      int n,
      int k,
      float alpha,
      float[] a,
      int aOffset,
      int lda,
      float[] b,
      int bOffset,
      int ldb,
      float beta,
      float[] c,
      int cOffset,
      int ldc,
      float[] bias,
      int biasOffset,
      Activation activation);

  /** The same without bias and activation. */
  default void gemm(
      boolean transposeA,
      boolean transposeB,
      int m,
      int n,
      int k,
      float alpha,
      float[] a,
      int aOffset,
      int lda,
      float[] b,
      int bOffset,
      int ldb,
      float beta,
      float[] c,
      int cOffset,
      int ldc) {
    gemm(
        transposeA,
        transposeB,
        m,
        n,
        k,
        alpha,
        a,
        aOffset,
        lda,
        b,
        bOffset,
        ldb,
        beta,
        c,
        cOffset,
        ldc,
        null,
        0,
        Activation.NONE);
  }
}

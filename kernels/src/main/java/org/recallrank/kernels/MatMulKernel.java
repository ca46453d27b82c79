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

  /**
   * Matrices of one shape in one array: element (i, j) of matrix q stands at {@code data[offset + q
   * * step + i * ld + j]}. A step of 0 repeats the first.
   */
  record Matrices(float[] data, int offset, int ld, int step) {}

  /**
   * Many small products: C_q = alpha * op(A_q) op(B_q), or with {@code accumulate} C_q += .., for q
   * below {@code count}. Nothing is packed: meant for a few thousand multiply-adds per product.
   *
   * <p>Stored as for {@link #gemm}; without {@code accumulate} C is not read. No C_q may overlap
   * another one, A or B.
   *
   * @throws IllegalArgumentException if a size or step is negative, a leading dimension is smaller
   *     than its row, or an array is too short
   */
  void batched(
      boolean transposeA,
      boolean transposeB,
      int count,
      int m,
      int n,
      int k,
      float alpha,
      Matrices a,
      Matrices b,
      Matrices c,
      boolean accumulate);

  /** The same as the first without bias and activation. */
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

package org.recallrank.kernels;

/** Single-precision matrix products. */
public interface MatMulKernel {

  /** What is applied to each element of the product after the bias. */
  enum Activation {
    /** f(x) = x. */
    NONE,
    /** f(x) = max(x, 0). */
    RELU
  }

  /**
   * What follows a product: act(product + bias).
   *
   * @param bias is added to every row; null for none
   */
  record Epilogue(Vec bias, Activation activation) {
    /** The product alone. */
    public static final Epilogue NONE = new Epilogue(null, Activation.NONE);

    /** The epilogue with these parts; {@link #NONE} if there is neither. */
    public static Epilogue of(Vec bias, Activation activation) {
      return bias == null && activation == Activation.NONE ? NONE : new Epilogue(bias, activation);
    }
  }

  /**
   * C = act(alpha * A B + beta * C + bias), A [m, k], B [k, n], C [m, n].
   *
   * <p>A and B may be transposed, C not. With {@code beta == 0} C is written without being read, so
   * it may hold anything (NaN included). C must not overlap A, B or bias. Each element is summed in
   * the same order whatever the number of threads.
   *
   * @throws IllegalArgumentException if the shapes do not fit each other, or C is transposed
   */
  void gemm(Matrix a, Matrix b, Matrix c, Epilogue epilogue, float alpha, float beta);

  /** C = A B. */
  default void gemm(Matrix a, Matrix b, Matrix c) {
    gemm(a, b, c, Epilogue.NONE, 1, 0);
  }

  /** C = A B or, to add, C += A B. */
  default void gemm(Matrix a, Matrix b, Matrix c, boolean add) {
    gemm(a, b, c, Epilogue.NONE, 1, add ? 1 : 0);
  }

  /**
   * A matrix B [rows, cols] with a bias, in the order in which the kernel that packed it reads it.
   * Immutable, so threads may share it; it keeps nothing of the arrays it was made from.
   */
  interface Packed {
    /** Rows of B: the columns that A must have. */
    int rows();

    /** Columns of B and of C. */
    int cols();
  }

  /**
   * Packs a matrix that stays, such as the weights of a model that is served, for {@link
   * #gemm(Matrix, Packed, Activation, Matrix)}.
   *
   * @param b may be transposed
   * @param bias one element for each column of b; null for none
   * @throws IllegalArgumentException if the bias does not fit, or an element of b is not finite
   */
  Packed pack(Matrix b, Vec bias);

  /**
   * C = act(A B + bias), A [m, k], B [k, n] and its bias packed by this backend, C [m, n].
   *
   * <p>Each element of C is one chain of fused multiply-adds along k = 0, 1, 2, .. that starts from
   * the bias, or from 0 without one; a zero at its end is positive. So the bits of a row of C
   * depend on that row of A and on B alone: not on how many rows there are, nor on where it stands.
   * Zeros of A may be skipped, which changes no bit since B is finite.
   *
   * <p>Runs on the calling thread alone and allocates nothing once warm: callers hand blocks of
   * rows to their threads. C must not overlap A.
   *
   * @throws IllegalArgumentException if the shapes do not fit each other, A or C is transposed, or
   *     b was packed by another backend
   */
  void gemm(Matrix a, Packed b, Activation activation, Matrix c);

  /**
   * Matrices of one shape in one array: element (i, j) of matrix q stands {@code q * step} floats
   * behind that of the first. A step of 0 repeats the first.
   */
  record Matrices(Matrix first, int count, int step) {

    /**
     * Checks that all of them fit the array.
     *
     * @throws IllegalArgumentException if count or step is negative, or the array too short
     */
    public Matrices {
      int rows = first.transposed() ? first.cols() : first.rows();
      int cols = first.transposed() ? first.rows() : first.cols();
      long last = first.offset() + Math.max(0, count - 1L) * step;
      long needed = rows == 0 || cols == 0 ? 0 : (rows - 1L) * first.stride() + cols;
      if (count < 0 || step < 0 || last + needed > first.data().length) {
        throw new IllegalArgumentException(
            count + " matrices " + step + " floats apart, the first of them " + first);
      }
    }

    /** The rows of x, so many to each matrix. */
    public static Matrices of(Matrix x, int rows) {
      int count = x.rows() / rows;
      return new Matrices(x.rows(0, count == 0 ? 0 : rows), count, rows * x.rowStep());
    }

    /** The transposes, of the same elements. */
    public Matrices t() {
      return new Matrices(first.t(), count, step);
    }

    /**
     * Matrices from .. from + n.
     *
     * @throws IllegalArgumentException if there are not so many
     */
    public Matrices part(int from, int n) {
      if (from < 0 || n < 0 || from > count - n) {
        throw new IllegalArgumentException(n + " from " + from + " on of " + count + " matrices");
      }
      Matrix start =
          n == 0
              ? first
              : new Matrix(
                  first.data(),
                  at(from),
                  first.rows(),
                  first.cols(),
                  first.stride(),
                  first.transposed());
      return new Matrices(start, n, step);
    }

    /** Where element (0, 0) of matrix q stands. */
    public int at(int q) {
      return first.offset() + q * step;
    }
  }

  /**
   * Many small products: C_q = alpha * A_q B_q, or with {@code accumulate} C_q += .. Nothing is
   * packed: meant for a few thousand multiply-adds per product.
   *
   * <p>A and B may be transposed, C not; without {@code accumulate} C is not read. No C_q may
   * overlap another one, A or B.
   *
   * @throws IllegalArgumentException if the shapes do not fit each other, the numbers of matrices
   *     differ, or C is transposed
   */
  void batched(Matrices a, Matrices b, Matrices c, float alpha, boolean accumulate);
}

package org.recallrank.bench.cases;

/**
 * The matrix products of one training step of a 400-400-400 MLP, C [m, n] = op(A) op(B) with k
 * terms per element. {@link #BATCH} stands for the batch size.
 */
public enum GemmShape {
  /** Y = X W: first layers of several input widths, and a hidden layer. */
  FORWARD_30(false, false, GemmShape.BATCH, 400, 30),
  FORWARD_100(false, false, GemmShape.BATCH, 400, 100),
  FORWARD_400(false, false, GemmShape.BATCH, 400, 400),
  FORWARD_1000(false, false, GemmShape.BATCH, 400, 1000),
  /** dW = X^T dY. */
  WEIGHT_GRADIENT_30(true, false, 30, 400, GemmShape.BATCH),
  WEIGHT_GRADIENT_400(true, false, 400, 400, GemmShape.BATCH),
  /** dX = dY W^T. */
  INPUT_GRADIENT_400(false, true, GemmShape.BATCH, 400, 400);

  /** Marks a size that is the batch size. */
  static final int BATCH = -1;

  public final boolean transposeA;
  public final boolean transposeB;
  private final int m;
  private final int n;
  private final int k;

  GemmShape(boolean transposeA, boolean transposeB, int m, int n, int k) {
    this.transposeA = transposeA;
    this.transposeB = transposeB;
    this.m = m;
    this.n = n;
    this.k = k;
  }

  int m(int batch) {
    return m == BATCH ? batch : m;
  }

  int n(int batch) {
    return n == BATCH ? batch : n;
  }

  int k(int batch) {
    return k == BATCH ? batch : k;
  }
}

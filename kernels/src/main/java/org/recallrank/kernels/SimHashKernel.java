package org.recallrank.kernels;

/**
 * SimHash signatures (RAR Eq. 3 and 4; Charikar 2002).
 *
 * <p>Bit j of a signature is bit j % 64, least significant first, of word j / 64.
 */
public interface SimHashKernel {

  /** How a bit is decided. */
  enum Form {
    /**
     * Eq. 3 as printed, a majority vote: bit j = [sum over n of sgn(e[n] * P[n][j]) &gt; 0] with
     * sgn(0) = 0; a tie gives 0.
     */
    PAPER_VOTE,
    /** The usual random hyperplane: bit j = [sum over n of e[n] * P[n][j] &gt; 0]. */
    CLASSIC_SIGN
  }

  /**
   * Signatures of n rows of x (dim floats each, ldx apart).
   *
   * @param projection P, dense [dim, bits]
   * @param bits a multiple of 64
   * @param out n * bits / 64 words from outOffset
   */
  void encode(
      Form form,
      float[] x,
      int xOffset,
      int ldx,
      int n,
      int dim,
      float[] projection,
      int bits,
      long[] out,
      int outOffset);
}

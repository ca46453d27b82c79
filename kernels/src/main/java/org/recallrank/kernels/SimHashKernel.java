package org.recallrank.kernels;

/** SimHash signatures (RAR Eq. 3 and 4; Charikar 2002). */
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
   * A signature for each row of x [n, dim].
   *
   * @param projection P [dim, bits], dense
   * @param out [n, bits]
   */
  void encode(Form form, Matrix x, Matrix projection, BitMatrix out);
}

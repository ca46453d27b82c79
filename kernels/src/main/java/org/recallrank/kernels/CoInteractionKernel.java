package org.recallrank.kernels;

/**
 * RAR's co-interaction (Eq. 5 to 11) of k_l look-alike users and k_r recall items per row, after
 * the two MLPs, which act on one entity alone and so ran once per distinct entity.
 *
 * <p>Row b selects entities by position: user u of row b is row userIndex[b * kl + u] of {@code hu}
 * [.., h] (high-order representation) and of {@code eu} [.., du] (embedding); items likewise with
 * {@code hi} [.., h], {@code ei} [.., di]. Then
 *
 * <pre>
 * M[u, i] = sigmoid(hu_u . hi_i)                     [kl, kr]   Eq. 6
 * wu[u] = mean over i of M[u, i]                     [kl]       Eq. 9
 * wi[i] = mean over u of M[u, i]                     [kr]
 * vc = sum over u of wu[u] * eu_u                    [du]       Eq. 10
 * vd = sum over i of wi[i] * ei_i                    [di]
 * </pre>
 */
public interface CoInteractionKernel {

  /** The sizes of one call. */
  record Sizes(int batch, int kl, int kr, int h, int du, int di) {
    public Sizes {
      if (batch < 0 || kl < 1 || kr < 1 || h < 1 || du < 1 || di < 1) {
        throw new IllegalArgumentException(
            "co-interaction sizes must be positive: batch "
                + batch
                + ", kl "
                + kl
                + ", kr "
                + kr
                + ", h "
                + h
                + ", du "
                + du
                + ", di "
                + di);
      }
    }
  }

  /**
   * Forward pass. All outputs dense.
   *
   * @param m M [batch, kl, kr], or null if nobody reads it
   * @param wu [batch, kl]
   * @param wi [batch, kr]
   * @param enriched v_enr: row b is [vc ; vd] at enrichedOffset + b * ldEnriched (Eq. 11)
   */
  void forward(
      Sizes s,
      float[] hu,
      float[] hi,
      float[] eu,
      float[] ei,
      int[] userIndex,
      int[] itemIndex,
      float[] m,
      float[] wu,
      float[] wi,
      float[] enriched,
      int enrichedOffset,
      int ldEnriched);

  /**
   * Backward pass, one gradient row per selected position (the caller adds positions of the same
   * entity with {@link EmbeddingKernel#scatterAdd}). With dM = (dwu_u / kr + dwi_i / kl), where
   * dwu_u = eu_u . dvc and dwi_i = ei_i . dvd + dwiExtra_i, and dS = dM * M * (1 - M) + dsExtra:
   *
   * <pre>
   * dhu[b, u] = sum over i of dS[u, i] * hi_i     dhi[b, i] = sum over u of dS[u, i] * hu_u
   * deu[b, u] = wu[u] * dvc                       dei[b, i] = wi[i] * dvd
   * </pre>
   *
   * @param dEnriched [dvc ; dvd], row b at dEnrichedOffset + b * ldEnriched
   * @param dwiExtra [batch, kr] further gradient of wi, or null
   * @param itemTarget [batch, kr] y_ep of Eq. 8, or null. With it dsExtra[u, i] = targetScale *
   *     (M[u, i] - itemTarget[i]), the gradient of targetScale * BCE(M, y_ep) with respect to the
   *     scores
   * @param dhu [batch, kl, h] and dhi [batch, kr, h], replaced
   * @param deu [batch, kl, du] and dei [batch, kr, di], replaced; both null if nobody needs them
   */
  void backward(
      Sizes s,
      float[] hu,
      float[] hi,
      float[] eu,
      float[] ei,
      int[] userIndex,
      int[] itemIndex,
      float[] m,
      float[] wu,
      float[] wi,
      float[] dEnriched,
      int dEnrichedOffset,
      int ldEnriched,
      float[] dwiExtra,
      float[] itemTarget,
      float targetScale,
      float[] dhu,
      float[] dhi,
      float[] deu,
      float[] dei);
}

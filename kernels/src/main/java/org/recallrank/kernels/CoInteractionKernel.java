package org.recallrank.kernels;

/**
 * RAR's co-interaction (Eq. 5 to 11) of k_l look-alike users and k_r recall items per row, after
 * the two MLPs, which act on one entity alone and so ran once per distinct entity. With user u of
 * row b as hu_u (hidden) and eu_u (embedding), and item i as hi_i and ei_i,
 *
 * <pre>
 * M[u, i] = sigmoid(hu_u . hi_i)                     [kl, kr]   Eq. 6
 * wu[u] = mean over i of M[u, i]                     [kl]       Eq. 9
 * wi[i] = mean over u of M[u, i]                     [kr]
 * vc = sum over u of wu[u] * eu_u                    [du]       Eq. 10
 * vd = sum over i of wi[i] * ei_i                    [di]
 * </pre>
 *
 * <p>All matrices are dense but those of which it is said; what is written must not overlap what is
 * read.
 */
public interface CoInteractionKernel {

  /**
   * One side, users or items: distinct entities, and which of them rows select.
   *
   * @param hidden their high-order representations [.., h]
   * @param embedding of the same entities [.., du] or [.., di]
   * @param index entity i of row b is row index[b * k + i] of both
   * @param k entities per row, k_l or k_r
   */
  record Entities(Matrix hidden, Matrix embedding, Ids index, int k) {
    /**
     * Checks that the three fit each other; that the index names entities is for the call to see.
     *
     * @throws IllegalArgumentException if k is not positive or does not divide the index, or there
     *     are not as many embeddings as representations
     */
    public Entities {
      if (k < 1 || index.size() % k != 0 || hidden.rows() != embedding.rows()) {
        throw new IllegalArgumentException(
            ("co-interaction: representations %s, embeddings %s and an index of %s do not fit"
                    + " %s entities per row")
                .formatted(hidden.shape(), embedding.shape(), index.size(), k));
      }
    }

    /** How many rows there are. */
    public int batch() {
      return index.size() / k;
    }

    /** Which entity is entity i of row b. */
    public int row(int b, int i) {
      return index.get(b * k + i);
    }
  }

  /** The sizes of one call. */
  record Sizes(int batch, int kl, int kr, int h, int du, int di) {
    /**
     * Checks the sizes.
     *
     * @throws IllegalArgumentException if the batch is negative, or another size not positive
     */
    public Sizes {
      if (batch < 0 || kl < 1 || kr < 1 || h < 1 || du < 1 || di < 1) {
        throw new IllegalArgumentException(
            "co-interaction sizes must be positive: batch %s, kl %s, kr %s, h %s, du %s, di %s"
                .formatted(batch, kl, kr, h, du, di));
      }
    }

    /**
     * The sizes of a call with these two sides.
     *
     * @throws IllegalArgumentException if users and items are not of as many rows, or their
     *     representations not of one width
     */
    public static Sizes of(Entities users, Entities items) {
      int h = users.hidden.cols();
      if (items.hidden.cols() != h || items.batch() != users.batch()) {
        throw new IllegalArgumentException(
            "co-interaction: users have %s hidden columns and %s rows, items %s and %s"
                .formatted(h, users.batch(), items.hidden.cols(), items.batch()));
      }
      return new Sizes(
          users.batch(), users.k, items.k, h, users.embedding.cols(), items.embedding.cols());
    }
  }

  /**
   * What the forward pass writes.
   *
   * @param m M [batch * kl, kr], or null if nobody reads it
   * @param wu [batch, kl]
   * @param wi [batch, kr]
   * @param enriched v_enr: [vc ; vd] of each row [batch, du + di] (Eq. 11), not necessarily dense
   */
  record Outputs(Matrix m, Matrix wu, Matrix wi, Matrix enriched) {}

  /**
   * What the backward pass reads besides the entities.
   *
   * @param m of the forward pass, as wu and wi
   * @param dEnriched [dvc ; dvd] [batch, du + di], not necessarily dense
   * @param dwiExtra [batch, kr] further gradient of wi, or null
   * @param itemTarget [batch, kr] y_ep of Eq. 8, or null. With it dsExtra[u, i] = targetScale *
   *     (M[u, i] - itemTarget[i]), the gradient of targetScale * BCE(M, y_ep) with respect to the
   *     scores
   */
  record Upstream(
      Matrix m,
      Matrix wu,
      Matrix wi,
      Matrix dEnriched,
      Matrix dwiExtra,
      Matrix itemTarget,
      float targetScale) {}

  /**
   * What the backward pass replaces, a row for each selected position.
   *
   * @param dhu [batch * kl, h]
   * @param dhi [batch * kr, h]
   * @param deu [batch * kl, du]; null, as dei, if nobody needs them
   * @param dei [batch * kr, di]
   */
  record Gradients(Matrix dhu, Matrix dhi, Matrix deu, Matrix dei) {}

  /**
   * Forward pass.
   *
   * @throws IndexOutOfBoundsException if an entity is not there
   */
  void forward(Entities users, Entities items, Outputs out);

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
   * @throws IndexOutOfBoundsException if an entity is not there
   */
  void backward(Entities users, Entities items, Upstream up, Gradients gradients);
}

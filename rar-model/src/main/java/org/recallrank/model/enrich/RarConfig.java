package org.recallrank.model.enrich;

import java.util.List;
import org.recallrank.autograd.ops.fused.CoInteraction.ExposureLoss;
import org.recallrank.kernels.SimHashKernel.Form;
import org.recallrank.model.config.Settings;
import org.recallrank.model.config.SettingsException;
import org.recallrank.model.recall.RecallVectors;

/**
 * The choices of RAR: which line of the paper each decides, and why the default is what it is.
 *
 * @param variant RAR whole, or without one of its parts (section 4.3, Table 3)
 * @param lookAlikes k_l, look-alike users selected per row (Eq. 2). The paper gives no number; a
 *     fifth of the default pool, so that there is something to select from
 * @param recallItems k_r, recall items selected per row (Eq. 2). As above
 * @param hashBits length m of a signature (Eq. 3). One machine word; more bits select more like
 *     exact neighbours and cost as many words
 * @param hashForm Eq. 3 as printed takes the sign of every product before the sum: a majority vote.
 *     SimHash elsewhere is the sign of the sum. The default is the equation as printed
 * @param hashSource which vectors are hashed: Eq. 1 says embeddings, not whose. The recall model's
 *     have been trained to be compared and do not change, so a selection is the same in training
 *     and serving; the model's own start as noise
 * @param signatureRefresh steps between two renewals of the signatures of changing vectors (the
 *     paper does not say when); about once per epoch of 200,000 rows. They are always renewed
 *     before an evaluation
 * @param hiddenUnits hidden layers of the two MLPs of Eq. 5, whose sizes the paper does not give
 * @param batchNorm whether their hidden layers are batch-normalised. Without it the scores of Eq. 6
 *     are of the order of the embeddings' squares: they start near 0, and on the MovieLens tags it
 *     takes eight epochs until the exposure loss moves; with it, one
 * @param outUnits their common output width: the inner product of Eq. 6 needs one
 * @param alpha the weight of the click loss in Eq. 12, which is used divided by alpha: L_clk + (1 -
 *     alpha) / alpha * L_ep. As printed, alpha would also weigh the click loss against the
 *     regulariser, and the best regulariser would depend on it. The default weighs both losses
 *     alike
 * @param exposureLoss what is compared with y_ep (Eq. 7 and 8). Eq. 7 says every entry of M, but
 *     y_ep is one label for all look-alikes: "never been exposed to u' for all u'". The default
 *     compares the item's weight, the mean over look-alikes, and leaves single entries free to
 *     differ
 * @param pooling what Eq. 10 makes of the weighted embeddings. As printed it is their sum, larger
 *     than the fields beside it; divided by the roots of k_l and k_r it is of their size. Which is
 *     better depends on the data: on the MovieLens tags the latter, and it is the default; on the
 *     generated world the sum
 * @param stopGradient whether the gradient ends at the selected embeddings (section 3.3: "all
 *     modules are trained jointly", but not whether look-alikes and recall items are to learn from
 *     rows that are not theirs). By default it ends there: each embedding is then what its own rows
 *     have taught, which did better on the MovieLens tags than letting it flow
 */
public record RarConfig(
    Variant variant,
    int lookAlikes,
    int recallItems,
    int hashBits,
    Form hashForm,
    HashSource hashSource,
    int signatureRefresh,
    List<Integer> hiddenUnits,
    boolean batchNorm,
    int outUnits,
    double alpha,
    ExposureLoss exposureLoss,
    Pooling pooling,
    boolean stopGradient) {

  /** The ablations of section 4.3 and Table 3. */
  public enum Variant {
    /** RAR itself. */
    RAR,
    /** "Replaces the channel of look-alike users with the target user only": k_l is 1. */
    USER,
    /** "Truncates" both sets "to match RAR's scale": the first of each pool, nothing hashed. */
    SELECT,
    /** "Omitting the Co-Interaction Module and related losses, uses simple sumpooling". */
    AUX_WGHT,
    /**
     * "Dropping weighting vectors but keeping auxiliary loss": sum pooling beside a matching matrix
     * that learns exposures. With {@code stopGradient} that loss reaches nothing that the click
     * probability depends on, and this is {@code AUX_WGHT}.
     */
    WGHT,
    /**
     * No ablation of the paper's, but what its SimHash stands in for: the nearest by inner product
     * of the recall model's vectors, nothing hashed ({@link ListNeighbours}).
     */
    EXACT;

    boolean looksAround() {
      return this != USER;
    }

    boolean matches() {
      return this != AUX_WGHT;
    }

    boolean weighs() {
      return this != AUX_WGHT && this != WGHT;
    }
  }

  /** Whose vectors are hashed. */
  public enum HashSource {
    /** The model's own embeddings, which change while it trains. */
    MODEL,
    /** The frozen vectors of the recall model: one selection for the whole run. */
    RECALL
  }

  /** What becomes of the weighted embeddings of Eq. 10. */
  public enum Pooling {
    /** v_c = w_u E_L', v_d = w_i E_R', as printed. */
    SUM,
    /** The same divided by the roots of k_l and k_r. */
    SCALED
  }

  /**
   * Checks the choices.
   *
   * @throws SettingsException unless signatures are made of whole words of 64 bits
   */
  public RarConfig {
    if (hashBits % 64 != 0) {
      throw new SettingsException("rar_hash_bits: expected a multiple of 64, found " + hashBits);
    }
  }

  /**
   * Checks that there are the recall model's vectors, if they are needed.
   *
   * @param vectors null if there are none
   * @throws SettingsException unless there are
   */
  void checkVectors(RecallVectors vectors) {
    if (vectors != null) {
      return;
    }
    if (hashSource == HashSource.RECALL) {
      throw new SettingsException(
          "rar_hash_source: expected model, as the recall data holds no vectors; found recall");
    }
    if (variant == Variant.EXACT) {
      throw new SettingsException(
          "rar_variant: exact compares the recall model's vectors, which rar_hash_source=recall"
              + " provides; found none");
    }
  }

  /** Columns of what is hashed. */
  int hashedWidth(int ofEmbedding, RecallVectors vectors) {
    return hashSource == HashSource.MODEL ? ofEmbedding : vectors.dim();
  }

  /** Reads itself from settings. */
  public static RarConfig from(Settings s) {
    return new RarConfig(
        s.choice("rar_variant", Variant.RAR, "RAR, an ablation of Table 3, or exact selection"),
        s.integer("rar_look_alikes", 10, 1, "k_l, look-alike users selected per row"),
        s.integer("rar_recall_items", 20, 1, "k_r, recall items selected per row"),
        s.integer("rar_hash_bits", 64, 64, "bits of a SimHash signature"),
        s.choice("rar_hash_form", Form.PAPER_VOTE, "Eq. 3 as printed, or random hyperplanes"),
        s.choice("rar_hash_source", HashSource.RECALL, "whose vectors are hashed"),
        s.integer("rar_signature_refresh", 50, 1, "steps between renewals of the signatures"),
        s.integers("rar_hidden_units", List.of(32), "hidden layers of the MLPs of Eq. 5"),
        s.flag("rar_batch_norm", true, "batch normalisation in these MLPs"),
        s.integer("rar_out_units", 16, 1, "output width of these MLPs"),
        s.number("rar_alpha", 0.5, 1e-3, 1, "weight of the click loss in Eq. 12"),
        s.choice("rar_exposure_loss", ExposureLoss.ITEM_WEIGHT, "what is compared with y_ep"),
        s.choice(
            "rar_pooling",
            Pooling.SCALED,
            "Eq. 10 as printed, or divided by the roots of k_l and k_r"),
        s.flag("rar_stop_gradient", true, "no gradient into the selected embeddings"));
  }
}

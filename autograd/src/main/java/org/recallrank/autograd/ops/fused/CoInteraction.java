package org.recallrank.autograd.ops.fused;

import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.autograd.ops.GatherRows;
import org.recallrank.kernels.CoInteractionKernel;
import org.recallrank.kernels.CoInteractionKernel.Entities;
import org.recallrank.kernels.CoInteractionKernel.Gradients;
import org.recallrank.kernels.CoInteractionKernel.Outputs;
import org.recallrank.kernels.CoInteractionKernel.Upstream;
import org.recallrank.kernels.Ids;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.Vec;
import org.recallrank.tensor.Tensor;

/**
 * RAR's co-interaction module behind the two MLPs (Eq. 6 to 11) and its exposure loss L_ep.
 *
 * <p>The entities selected by any row of the batch are given once each; rows refer to them by index
 * ({@link CoInteractionKernel}). The paper leaves open what L_ep compares with y_ep: both readings
 * are here.
 */
public final class CoInteraction {

  /** What the exposure loss compares with the label y_ep[b, i] of each selected item (Eq. 8). */
  public enum ExposureLoss {
    /** Eq. 7 as printed: every entry of M against its item's label, mean over b, u and i. */
    MATRIX,
    /** w_i, the mean of M over users, against the label, mean over b and i. */
    ITEM_WEIGHT
  }

  /**
   * What one call gives.
   *
   * @param enriched v_enr [batch, du + di]
   * @param exposureLoss L_ep, a scalar; null without labels
   * @param matching M [batch, kl, kr]
   * @param itemWeights w_i [batch, kr]
   */
  public record Result(
      Variable enriched, Variable exposureLoss, Tensor matching, Tensor itemWeights) {}

  /** e^-100, where PyTorch clamps the logarithm. */
  private static final double LEAST = 3.720075976020836e-44;

  private CoInteraction() {}

  /**
   * One side, users or items: distinct entities, and which of them rows select.
   *
   * @param hidden E'_LH or E'_RH [.., h]
   * @param embeddings E_L' or E_R' of the same entities [.., du] or [.., di]
   * @param index k for each row of the batch
   * @param k entities per row
   */
  public record Selected(Variable hidden, Variable embeddings, Ids index, int k) {

    private Entities views() {
      return new Entities(hidden.value().matrix(), embeddings.value().matrix(), index, k);
    }

    private boolean needsGradient() {
      return hidden.needsGradient() || embeddings.needsGradient();
    }

    private void addBack(Tensor dHidden, Tensor dEmbeddings) {
      if (hidden.needsGradient()) {
        GatherRows.addBack(dHidden.matrix(), index, 1, hidden);
      }
      if (embeddings.needsGradient()) {
        GatherRows.addBack(dEmbeddings.matrix(), index, 1, embeddings);
      }
    }
  }

  /**
   * Records v_enr and, with labels, L_ep as one operation.
   *
   * @param users look-alike users
   * @param items recall items
   * @param exposed y_ep [batch, kr] of 0 and 1, or null for no exposure loss
   */
  public static Result apply(
      Selected users, Selected items, float[] exposed, ExposureLoss reading) {
    Pass pass = new Pass(users, items, exposed, reading);
    pass.forward();
    pass.tape.record(pass.enriched, pass.loss, pass::backward);
    return new Result(pass.enriched, exposed == null ? null : pass.loss, pass.m, pass.wi);
  }

  /** One application and what it keeps for the way back. */
  private static final class Pass {
    private final Tape tape;
    private final CoInteractionKernel kernel;
    private final Selected users;
    private final Selected items;
    private final Entities userViews;
    private final Entities itemViews;
    private final Matrix exposed;
    private final boolean ofMatrix;
    private final int batch;
    private final int kl;
    private final int kr;
    private final Variable enriched;
    private final Variable loss;
    private final Tensor m;
    private final Tensor wu;
    private final Tensor wi;

    Pass(Selected users, Selected items, float[] exposed, ExposureLoss reading) {
      this.users = users;
      this.items = items;
      tape = users.hidden.tape();
      kernel = tape.kernels().coInteraction();
      userViews = users.views();
      itemViews = items.views();
      batch = userViews.batch();
      kl = users.k;
      kr = items.k;
      this.exposed = exposed == null ? null : Matrix.of(exposed, batch, kr);
      ofMatrix = reading == ExposureLoss.MATRIX;
      boolean needsGradient = users.needsGradient() || items.needsGradient();
      int width = users.embeddings.value().cols() + items.embeddings.value().cols();
      enriched = tape.output(needsGradient, batch, width);
      m = tape.allocate(batch, kl, kr);
      wu = tape.allocate(batch, kl);
      wi = tape.allocate(batch, kr);
      loss = tape.output(needsGradient && exposed != null);
    }

    void forward() {
      kernel.forward(
          userViews,
          itemViews,
          new Outputs(m.matrix(), wu.matrix(), wi.matrix(), enriched.value().matrix()));
      if (exposed != null) {
        int perItem = ofMatrix ? kl : 1;
        double sum = crossEntropy(tape, (ofMatrix ? m : wi).vec(), exposed, perItem);
        loss.value().set(0, (float) (sum / ((double) batch * perItem * kr)));
      }
    }

    void backward() {
      Tensor dEnriched = enriched.gradient();
      if (!enriched.hasGradient()) {
        dEnriched.fill(0);
      }
      float upstream = exposed != null && loss.hasGradient() ? loss.gradient().get(0) : 0;
      boolean matrix = upstream != 0 && ofMatrix;
      Tensor dwi = upstream != 0 && !ofMatrix ? weightGradient(upstream) : null;
      int h = users.hidden.value().cols();
      Tensor dhu = tape.allocate(batch * kl, h);
      Tensor dhi = tape.allocate(batch * kr, h);
      boolean intoEntities = users.embeddings.needsGradient() || items.embeddings.needsGradient();
      Tensor du = intoEntities ? tape.allocate(batch * kl, users.embeddings.value().cols()) : null;
      Tensor di = intoEntities ? tape.allocate(batch * kr, items.embeddings.value().cols()) : null;
      kernel.backward(
          userViews,
          itemViews,
          new Upstream(
              m.matrix(),
              wu.matrix(),
              wi.matrix(),
              dEnriched.matrix(),
              view(dwi),
              matrix ? exposed : null,
              matrix ? upstream / ((float) batch * kl * kr) : 0),
          new Gradients(dhu.matrix(), dhi.matrix(), view(du), view(di)));
      users.addBack(dhu, du);
      items.addBack(dhi, di);
    }

    private static Matrix view(Tensor x) {
      return x == null ? null : x.matrix();
    }

    /** Of w_i, by the loss that compares it with the labels. */
    private Tensor weightGradient(float upstream) {
      Tensor dwi = tape.allocate(batch, kr);
      for (int i = 0; i < batch * kr; i++) {
        float w = Math.clamp(wi.get(i), 1e-12f, 1 - 6e-8f);
        dwi.set(i, upstream * (w - exposed.data()[i]) / (w * (1 - w)) / (batch * kr));
      }
      return dwi;
    }
  }

  /**
   * The sum of -ln p or -ln(1 - p) over p [batch, perItem, kr] as exposed [batch, kr] says. A
   * logarithm is dear, so six probabilities are multiplied before one is taken; each is at least
   * e^-100 (the clamp of PyTorch), so six stay within a double.
   */
  private static double crossEntropy(Tape tape, Vec probabilities, Matrix exposed, int perItem) {
    float[] p = probabilities.data();
    float[] y = exposed.data();
    int kr = exposed.cols();
    return -tape.kernels()
        .workers()
        .sumRanges(
            exposed.rows(),
            64,
            (from, to) -> {
              double logs = 0;
              double product = 1;
              int factors = 0;
              for (int b = from; b < to; b++) {
                for (int u = 0; u < perItem; u++) {
                  int row = probabilities.offset() + (b * perItem + u) * kr;
                  for (int i = 0; i < kr; i++) {
                    double q = y[b * kr + i] > 0 ? p[row + i] : 1.0 - p[row + i];
                    product *= Math.max(q, LEAST);
                    if (++factors == 6) {
                      logs += Math.log(product);
                      product = 1;
                      factors = 0;
                    }
                  }
                }
              }
              return logs + Math.log(product);
            });
  }
}

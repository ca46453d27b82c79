package org.recallrank.autograd.ops.fused;

import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.autograd.ops.Checks;
import org.recallrank.autograd.ops.GatherRows;
import org.recallrank.kernels.CoInteractionKernel;
import org.recallrank.kernels.CoInteractionKernel.Sizes;
import org.recallrank.kernels.Ids;
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
   * @param userHidden E'_LH of the distinct look-alike users [.., h]
   * @param itemHidden E'_RH of the distinct recall items [.., h]
   * @param users E_L' of the same users [.., du]
   * @param items E_R' of the same items [.., di]
   * @param userIndex [batch * kl] rows of userHidden and users
   * @param itemIndex [batch * kr] rows of itemHidden and items
   * @param exposed y_ep [batch * kr] of 0 and 1, or null for no exposure loss
   */
  public static Result apply(
      Variable userHidden,
      Variable itemHidden,
      Variable users,
      Variable items,
      int[] userIndex,
      int[] itemIndex,
      int batch,
      int kl,
      int kr,
      float[] exposed,
      ExposureLoss reading) {
    Tape tape = userHidden.tape();
    int h = userHidden.value().cols();
    if (itemHidden.value().cols() != h) {
      throw new IllegalArgumentException(
          "co-interaction: users have "
              + h
              + " hidden columns, items "
              + itemHidden.value().cols());
    }
    Sizes sizes = new Sizes(batch, kl, kr, h, users.value().cols(), items.value().cols());
    int width = sizes.du() + sizes.di();
    float[] hu = rows("userHidden", userHidden);
    float[] hi = rows("itemHidden", itemHidden);
    float[] eu = rows("users", users);
    float[] ei = rows("items", items);
    boolean needsGradient =
        userHidden.needsGradient()
            || itemHidden.needsGradient()
            || users.needsGradient()
            || items.needsGradient();
    Variable enriched = tape.output(needsGradient, batch, width);
    Tensor m = tape.allocate(batch, kl, kr);
    Tensor wu = tape.allocate(batch, kl);
    Tensor wi = tape.allocate(batch, kr);
    CoInteractionKernel kernel = tape.kernels().coInteraction();
    kernel.forward(
        sizes,
        hu,
        hi,
        eu,
        ei,
        userIndex,
        itemIndex,
        m.data(),
        wu.data(),
        wi.data(),
        enriched.value().data(),
        enriched.value().offset(),
        width);
    Variable loss = tape.output(needsGradient && exposed != null);
    if (exposed != null) {
      int perItem = reading == ExposureLoss.MATRIX ? kl : 1;
      Tensor predicted = reading == ExposureLoss.MATRIX ? m : wi;
      double sum = crossEntropy(tape, predicted.data(), exposed, batch, perItem, kr);
      loss.value().set(0, (float) (sum / ((double) batch * perItem * kr)));
    }
    tape.record(
        enriched,
        loss,
        () -> {
          Tensor dEnriched = enriched.gradient();
          if (!enriched.hasGradient()) {
            dEnriched.fill(0);
          }
          float upstream = exposed != null && loss.hasGradient() ? loss.gradient().get(0) : 0;
          boolean matrix = upstream != 0 && reading == ExposureLoss.MATRIX;
          boolean weight = upstream != 0 && reading == ExposureLoss.ITEM_WEIGHT;
          float[] dwi = null;
          if (weight) {
            dwi = tape.allocate(batch, kr).data();
            for (int i = 0; i < batch * kr; i++) {
              float w = Math.clamp(wi.get(i), 1e-12f, 1 - 6e-8f);
              dwi[i] = upstream * (w - exposed[i]) / (w * (1 - w)) / (batch * kr);
            }
          }
          Tensor dhu = tape.allocate(batch * kl, h);
          Tensor dhi = tape.allocate(batch * kr, h);
          boolean intoEntities = users.needsGradient() || items.needsGradient();
          Tensor du = intoEntities ? tape.allocate(batch * kl, sizes.du()) : null;
          Tensor di = intoEntities ? tape.allocate(batch * kr, sizes.di()) : null;
          kernel.backward(
              sizes,
              hu,
              hi,
              eu,
              ei,
              userIndex,
              itemIndex,
              m.data(),
              wu.data(),
              wi.data(),
              dEnriched.data(),
              dEnriched.offset(),
              width,
              dwi,
              matrix ? exposed : null,
              matrix ? upstream / ((float) batch * kl * kr) : 0,
              dhu.data(),
              dhi.data(),
              intoEntities ? du.data() : null,
              intoEntities ? di.data() : null);
          if (userHidden.needsGradient()) {
            GatherRows.addBack(dhu, Ids.of(userIndex, batch * kl), 1, userHidden);
          }
          if (itemHidden.needsGradient()) {
            GatherRows.addBack(dhi, Ids.of(itemIndex, batch * kr), 1, itemHidden);
          }
          if (users.needsGradient()) {
            GatherRows.addBack(du, Ids.of(userIndex, batch * kl), 1, users);
          }
          if (items.needsGradient()) {
            GatherRows.addBack(di, Ids.of(itemIndex, batch * kr), 1, items);
          }
        });
    return new Result(enriched, exposed == null ? null : loss, m, wi);
  }

  private static float[] rows(String what, Variable v) {
    Checks.whole("co-interaction", what, v);
    return v.value().data();
  }

  /**
   * The sum of -ln p or -ln(1 - p) over p [batch, perItem, kr] as exposed [batch, kr] says. A
   * logarithm is dear, so six probabilities are multiplied before one is taken; each is at least
   * e^-100 (the clamp of PyTorch), so six stay within a double.
   */
  private static double crossEntropy(
      Tape tape, float[] p, float[] exposed, int batch, int perItem, int kr) {
    return -tape.kernels()
        .workers()
        .sumRanges(
            batch,
            64,
            (from, to) -> {
              double logs = 0;
              double product = 1;
              int factors = 0;
              for (int b = from; b < to; b++) {
                for (int u = 0; u < perItem; u++) {
                  int row = (b * perItem + u) * kr;
                  for (int i = 0; i < kr; i++) {
                    double q = exposed[b * kr + i] > 0 ? p[row + i] : 1.0 - p[row + i];
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

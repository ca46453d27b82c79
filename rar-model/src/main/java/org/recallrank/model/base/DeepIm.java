package org.recallrank.model.base;

import java.util.List;
import org.recallrank.autograd.Variable;
import org.recallrank.autograd.nn.Mlp;
import org.recallrank.autograd.ops.Add;
import org.recallrank.model.config.Settings;

/**
 * DeepIM (Yu et al., CIKM 2020): z = fc([BN] [e_1 ; .. ; e_K]) + MLP(x_0), e_k the interactions of
 * each k fields. FuxiCTR's {@code model_zoo/DeepIM}.
 */
public final class DeepIm implements BaseModel {
  private final InteractionMachine interactions;
  private final Mlp mlp;

  /**
   * The choices of DeepIM.
   *
   * @param order K
   * @param imBatchNorm whether e_1 .. e_K are batch-normalised
   * @param hiddenUnits widths of the MLP's hidden layers; none: no MLP at all
   * @param netDropout dropout probability after each of them
   * @param netBatchNorm whether each is batch-normalised
   */
  public record Config(
      int order,
      boolean imBatchNorm,
      List<Integer> hiddenUnits,
      double netDropout,
      boolean netBatchNorm) {
    /** Reads itself from settings. */
    public static Config from(Settings s) {
      return new Config(
          s.integer("im_order", 5, 1, "largest number of fields that interact"),
          s.flag("im_batch_norm", true, "batch normalisation of the interactions"),
          s.integers("hidden_units", List.of(400, 400, 400), "widths of the MLP; [] for none"),
          s.number("net_dropout", 0.3, 0, 0.999, "dropout after each hidden layer"),
          s.flag("net_batch_norm", true, "batch normalisation in the MLP"));
    }
  }

  /** Builds the layers, whose parameters go to {@code shape.parameters()}. */
  public DeepIm(ModelShape shape, Config config) {
    var set = shape.parameters();
    interactions =
        new InteractionMachine(set, "im_layer", shape.dim(), config.order(), config.imBatchNorm());
    mlp =
        config.hiddenUnits().isEmpty()
            ? null
            : new Mlp(
                set,
                "dnn.mlp",
                shape.flatWidth(),
                config.hiddenUnits(),
                config.netBatchNorm(),
                config.netDropout(),
                1);
  }

  @Override
  public Variable logits(ModelInput in) {
    Variable z = interactions.apply(in.embeddings());
    return mlp == null ? z : Add.apply(z, mlp.apply(in.flat()));
  }
}

package org.recallrank.model.base;

import java.util.List;
import org.recallrank.autograd.Variable;
import org.recallrank.autograd.nn.Mlp;
import org.recallrank.autograd.ops.Add;
import org.recallrank.autograd.ops.fused.FmInteraction;
import org.recallrank.model.config.Settings;

/**
 * DeepFM (Guo et al., IJCAI 2017): z = LR + bias + sum over i &lt; j of &lt;e_i, e_j&gt; +
 * MLP(x_0). FuxiCTR's {@code model_zoo/DeepFM}.
 */
public final class DeepFm implements BaseModel {
  private final FirstOrder firstOrder;
  private final Mlp mlp;

  /**
   * The choices of DeepFM.
   *
   * @param hiddenUnits widths of the MLP's hidden layers
   * @param netDropout dropout probability after each of them
   * @param batchNorm whether each is batch-normalised
   */
  public record Config(List<Integer> hiddenUnits, double netDropout, boolean batchNorm) {
    /** Reads itself from settings. */
    public static Config from(Settings s) {
      return new Config(
          s.integers("hidden_units", List.of(400, 400, 400), "widths of the MLP"),
          s.number("net_dropout", 0.3, 0, 0.999, "dropout after each hidden layer"),
          s.flag("batch_norm", true, "batch normalisation in the MLP"));
    }
  }

  /** Builds the layers, whose parameters go to {@code shape.parameters()}. */
  public DeepFm(ModelShape shape, Config config) {
    firstOrder = shape.firstOrder("fm.lr_layer", true);
    mlp =
        new Mlp(
            shape.parameters(),
            "mlp.mlp",
            shape.flatWidth(),
            config.hiddenUnits(),
            config.batchNorm(),
            config.netDropout(),
            1);
  }

  @Override
  public Variable logits(ModelInput in) {
    Variable fm = Add.apply(firstOrder.apply(in), FmInteraction.apply(in.embeddings()));
    return Add.apply(fm, mlp.apply(in.flat()));
  }
}

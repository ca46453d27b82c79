package org.recallrank.model.base;

import java.util.List;
import org.recallrank.autograd.Variable;
import org.recallrank.autograd.nn.Mlp;
import org.recallrank.autograd.ops.Add;
import org.recallrank.model.config.Settings;

/**
 * Wide&amp;Deep (Cheng et al., DLRS 2016): z = LR + MLP(x_0). FuxiCTR's {@code model_zoo/WideDeep}.
 */
public final class WideDeep implements BaseModel {
  private final FirstOrder wide;
  private final Mlp deep;

  /**
   * The choices of Wide&amp;Deep.
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
          s.number("net_dropout", 0.1, 0, 0.999, "dropout after each hidden layer"),
          s.flag("batch_norm", true, "batch normalisation in the MLP"));
    }
  }

  /** Builds the layers, whose parameters go to {@code shape.parameters()}. */
  public WideDeep(ModelShape shape, Config config) {
    wide = shape.firstOrder("lr_layer", false);
    deep =
        new Mlp(
            shape.parameters(),
            "dnn.mlp",
            shape.flatWidth(),
            config.hiddenUnits(),
            config.batchNorm(),
            config.netDropout(),
            1);
  }

  @Override
  public Variable logits(ModelInput in) {
    return Add.apply(wide.apply(in), deep.apply(in.flat()));
  }
}

package org.recallrank.model.base;

import java.util.List;
import org.recallrank.autograd.Variable;
import org.recallrank.autograd.nn.LinearLayer;
import org.recallrank.autograd.nn.Mlp;
import org.recallrank.autograd.ops.Concat;
import org.recallrank.model.config.Settings;

/**
 * DCN (Wang et al., ADKDD 2017): z = fc([x_L ; MLP(x_0)]), x_L from the cross layers x_{l+1} = x_l
 * + (w_l . x_l) x_0 + b_l, the MLP up to its last hidden layer. FuxiCTR's {@code model_zoo/DCN}.
 */
public final class Dcn implements BaseModel {
  private final CrossNet crossNet;
  private final Mlp mlp;
  private final LinearLayer fc;

  /**
   * The choices of DCN.
   *
   * @param crossLayers L
   * @param dnnUnits widths of the MLP's hidden layers; none: z = fc(x_L)
   * @param netDropout dropout probability after each of them
   * @param batchNorm whether each is batch-normalised
   */
  public record Config(
      int crossLayers, List<Integer> dnnUnits, double netDropout, boolean batchNorm) {
    /** Reads itself from settings. */
    public static Config from(Settings s) {
      return new Config(
          s.integer("num_cross_layers", 4, 1, "cross layers"),
          s.integers("dnn_hidden_units", List.of(400, 400, 400), "widths of the MLP; [] for none"),
          s.number("net_dropout", 0.2, 0, 0.999, "dropout after each hidden layer"),
          s.flag("batch_norm", true, "batch normalisation in the MLP"));
    }
  }

  /** Builds the layers, whose parameters go to {@code shape.parameters()}. */
  public Dcn(ModelShape shape, Config config) {
    var set = shape.parameters();
    int in = shape.flatWidth();
    crossNet = new CrossNetV1(set, "crossnet", in, config.crossLayers());
    mlp =
        config.dnnUnits().isEmpty()
            ? null
            : new Mlp(
                set, "dnn.mlp", in, config.dnnUnits(), config.batchNorm(), config.netDropout(), 0);
    fc = new LinearLayer(set, "fc", in + (mlp == null ? 0 : mlp.outWidth()), 1, true);
  }

  @Override
  public Variable logits(ModelInput in) {
    Variable x0 = in.flat();
    Variable out = crossNet.apply(x0);
    if (mlp != null) {
      out = Concat.apply(out, mlp.apply(x0));
    }
    return fc.apply(out);
  }
}

package org.recallrank.model.base;

import java.util.List;
import org.recallrank.autograd.Variable;
import org.recallrank.autograd.nn.Mlp;
import org.recallrank.autograd.ops.Add;
import org.recallrank.model.config.Settings;
import org.recallrank.model.config.SettingsException;

/**
 * xDeepFM (Lian et al., KDD 2018): z = LR + CIN(E) + MLP(x_0). FuxiCTR's {@code model_zoo/xDeepFM}.
 */
public final class XDeepFm implements BaseModel {
  private final FirstOrder firstOrder;
  private final Cin cin;
  private final Mlp dnn;

  /**
   * The choices of xDeepFM.
   *
   * @param cinUnits feature maps of the layers of the compressed interaction network
   * @param dnnUnits widths of the MLP's hidden layers; empty: no MLP
   * @param netDropout dropout probability after each of them
   * @param batchNorm whether each is batch-normalised
   */
  public record Config(
      List<Integer> cinUnits, List<Integer> dnnUnits, double netDropout, boolean batchNorm) {

    /**
     * Checks the choices.
     *
     * @throws SettingsException if the compressed interaction network has no layer
     */
    public Config {
      if (cinUnits.isEmpty()) {
        throw new SettingsException("xdeepfm: cin_hidden_units needs at least one layer");
      }
    }

    /** Reads itself from settings. */
    public static Config from(Settings s) {
      return new Config(
          s.integers("cin_hidden_units", List.of(64, 64, 64), "feature maps of the CIN's layers"),
          s.integers("dnn_hidden_units", List.of(400, 400, 400), "widths of the MLP; []: no MLP"),
          s.number("net_dropout", 0.3, 0, 0.999, "dropout after each hidden layer"),
          s.flag("batch_norm", false, "batch normalisation in the MLP"));
    }
  }

  /** Builds the layers, whose parameters go to {@code shape.parameters()}. */
  public XDeepFm(ModelShape shape, Config config) {
    firstOrder = shape.firstOrder("lr_layer", false);
    cin = new Cin(shape.parameters(), "cin", shape.width(), config.cinUnits());
    dnn =
        config.dnnUnits().isEmpty()
            ? null
            : new Mlp(
                shape.parameters(),
                "dnn.mlp",
                shape.flatWidth(),
                config.dnnUnits(),
                config.batchNorm(),
                config.netDropout(),
                1);
  }

  @Override
  public Variable logits(ModelInput in) {
    Variable z = Add.apply(firstOrder.apply(in), cin.apply(in.embeddings()));
    return dnn == null ? z : Add.apply(z, dnn.apply(in.flat()));
  }
}

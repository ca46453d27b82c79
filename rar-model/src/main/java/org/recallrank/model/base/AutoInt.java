package org.recallrank.model.base;

import java.util.ArrayList;
import java.util.List;
import org.recallrank.autograd.Variable;
import org.recallrank.autograd.nn.LinearLayer;
import org.recallrank.autograd.nn.Mlp;
import org.recallrank.autograd.ops.Add;
import org.recallrank.model.config.Settings;
import org.recallrank.model.config.SettingsException;

/**
 * AutoInt+ (Song et al., CIKM 2019): z = fc(A_L) + MLP(x_0) + LR, A_l being attention layers over
 * the fields. Without hidden units it is AutoInt. FuxiCTR's {@code model_zoo/AutoInt}.
 */
public final class AutoInt implements BaseModel {
  private final List<SelfAttention> attention = new ArrayList<>();
  private final LinearLayer fc;
  private final Mlp dnn;
  private final FirstOrder firstOrder;

  /**
   * The choices of AutoInt+.
   *
   * @param attentionLayers L
   * @param attentionDim width of a layer, all heads together
   * @param useScale whether scores are divided by sqrt(attentionDim / heads)
   * @param useWide whether LR is added
   * @param dnnUnits widths of the MLP's hidden layers; empty: no MLP
   * @param netDropout dropout probability after each of them
   * @param attentionDropout dropout probability of attention weights
   * @param batchNorm whether each hidden layer of the MLP is batch-normalised
   */
  public record Config(
      int attentionLayers,
      int attentionDim,
      int heads,
      boolean useScale,
      boolean useResidual,
      boolean layerNorm,
      boolean useWide,
      List<Integer> dnnUnits,
      double netDropout,
      double attentionDropout,
      boolean batchNorm) {

    /**
     * Checks the choices.
     *
     * @throws SettingsException if the heads do not divide {@code attentionDim}
     */
    public Config {
      if (attentionDim % heads != 0) {
        throw new SettingsException(
            "autoint: attention_dim " + attentionDim + " is not a multiple of num_heads " + heads);
      }
    }

    /** Reads itself from settings. */
    public static Config from(Settings s) {
      double netDropout = s.number("net_dropout", 0.1, 0, 0.999, "dropout after each hidden layer");
      return new Config(
          s.integer("attention_layers", 2, 1, "attention layers"),
          s.integer("attention_dim", 128, 1, "width of an attention layer, all heads together"),
          s.integer("num_heads", 4, 1, "heads of an attention layer"),
          s.flag("use_scale", true, "divide scores by the square root of a head's width"),
          s.flag("use_residual", true, "add an attention layer's input to its output"),
          s.flag("layer_norm", true, "layer normalisation in the attention layers"),
          s.flag("use_wide", true, "add the first-order term"),
          s.integers("dnn_hidden_units", List.of(400, 400, 400), "widths of the MLP; []: no MLP"),
          netDropout,
          s.number(
              "attention_dropout",
              netDropout,
              0,
              0.999,
              "dropout of attention weights; net_dropout unless set, as in FuxiCTR"),
          s.flag("batch_norm", true, "batch normalisation in the MLP"));
    }
  }

  /** Builds the layers, whose parameters go to {@code shape.parameters()}. */
  public AutoInt(ModelShape shape, Config config) {
    var set = shape.parameters();
    int in = shape.dim();
    for (int l = 0; l < config.attentionLayers(); l++) {
      attention.add(
          new SelfAttention(
              set,
              "self_attention." + l,
              in,
              config.attentionDim(),
              config.heads(),
              config.useScale(),
              config.useResidual(),
              config.layerNorm(),
              config.attentionDropout()));
      in = config.attentionDim();
    }
    fc = new LinearLayer(set, "fc", shape.width() * in, 1, true);
    dnn =
        config.dnnUnits().isEmpty()
            ? null
            : new Mlp(
                set,
                "dnn.mlp",
                shape.flatWidth(),
                config.dnnUnits(),
                config.batchNorm(),
                config.netDropout(),
                1);
    firstOrder = config.useWide() ? shape.firstOrder("lr_layer", false) : null;
  }

  @Override
  public Variable logits(ModelInput in) {
    Variable a = in.embeddings();
    for (SelfAttention layer : attention) {
      a = layer.apply(a);
    }
    int rows = a.shape().dim(0);
    Variable z = fc.apply(a.reshape(rows, a.value().size() / rows));
    if (dnn != null) {
      z = Add.apply(z, dnn.apply(in.flat()));
    }
    return firstOrder == null ? z : Add.apply(z, firstOrder.apply(in));
  }
}

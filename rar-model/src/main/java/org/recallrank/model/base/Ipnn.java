package org.recallrank.model.base;

import java.util.List;
import org.recallrank.autograd.Variable;
import org.recallrank.autograd.nn.Mlp;
import org.recallrank.autograd.ops.Concat;
import org.recallrank.autograd.ops.fused.InnerProducts;
import org.recallrank.model.config.Settings;

/**
 * IPNN (Qu et al., ICDM 2016): z = MLP([x_0 ; &lt;e_i, e_j&gt; for i &lt; j]). FuxiCTR's {@code
 * model_zoo/PNN}.
 */
public final class Ipnn implements BaseModel {
  private final Mlp mlp;

  /** What FuxiCTR makes of a pair of fields. It has a key for it, and no other value either. */
  private enum Product {
    INNER
  }

  /**
   * The choices of IPNN.
   *
   * @param hiddenUnits widths of the MLP's hidden layers
   * @param netDropout dropout probability after each of them
   * @param batchNorm whether each is batch-normalised
   */
  public record Config(List<Integer> hiddenUnits, double netDropout, boolean batchNorm) {
    /** Reads itself from settings. */
    public static Config from(Settings s) {
      s.choice("product_type", Product.INNER, "what is made of a pair of fields");
      return new Config(
          s.integers("hidden_units", List.of(400, 400, 400), "widths of the MLP"),
          s.number("net_dropout", 0.1, 0, 0.999, "dropout after each hidden layer"),
          s.flag("batch_norm", false, "batch normalisation in the MLP"));
    }
  }

  /** Builds the MLP, whose parameters go to {@code shape.parameters()}. */
  public Ipnn(ModelShape shape, Config config) {
    mlp =
        new Mlp(
            shape.parameters(),
            "dnn.mlp",
            shape.flatWidth() + InnerProducts.pairs(shape.width()),
            config.hiddenUnits(),
            config.batchNorm(),
            config.netDropout(),
            1);
  }

  @Override
  public Variable logits(ModelInput in) {
    Variable products = InnerProducts.apply(in.embeddings());
    return mlp.apply(Concat.apply(in.flat(), products));
  }
}

package org.recallrank.model.base;

import java.util.List;
import org.recallrank.autograd.Variable;
import org.recallrank.autograd.nn.LinearLayer;
import org.recallrank.autograd.nn.Mlp;
import org.recallrank.autograd.ops.Concat;
import org.recallrank.model.config.Settings;
import org.recallrank.model.config.SettingsException;

/**
 * DCN-V2 (Wang et al., WWW 2021): z = fc([..]) over the last cross layer x_L and the hidden layers
 * of MLPs, put together as {@link Structure} says. FuxiCTR's {@code model_zoo/DCNv2}.
 */
public final class DcnV2 implements BaseModel {

  /** What the last layer sees. */
  public enum Structure {
    /** x_L. */
    CROSSNET_ONLY,
    /** MLP(x_L). */
    STACKED,
    /** [x_L ; MLP(x_0)]. */
    PARALLEL,
    /** [MLP(x_L) ; MLP(x_0)]. */
    STACKED_PARALLEL;

    boolean stacked() {
      return this == STACKED || this == STACKED_PARALLEL;
    }

    boolean parallel() {
      return this == PARALLEL || this == STACKED_PARALLEL;
    }
  }

  /**
   * The choices of DCN-V2.
   *
   * @param crossLayers L
   * @param lowRankMixture whether W_l is a mixture of {@code experts} matrices of rank {@code
   *     lowRank}
   * @param stackedUnits widths of the MLP behind the cross network
   * @param parallelUnits widths of the MLP beside it
   */
  public record Config(
      Structure structure,
      int crossLayers,
      boolean lowRankMixture,
      int lowRank,
      int experts,
      List<Integer> stackedUnits,
      List<Integer> parallelUnits,
      double netDropout,
      boolean batchNorm) {

    /**
     * Checks the choices.
     *
     * @throws SettingsException if an MLP that the structure asks for has no hidden layer
     */
    public Config {
      if ((structure.stacked() && stackedUnits.isEmpty())
          || (structure.parallel() && parallelUnits.isEmpty())) {
        throw new SettingsException(
            "dcnv2: structure " + structure + " needs hidden units for each of its MLPs");
      }
    }

    /** Reads itself from settings. */
    public static Config from(Settings s) {
      List<Integer> units = List.of(400, 400, 400);
      return new Config(
          s.choice("model_structure", Structure.PARALLEL, "what the last layer sees"),
          s.integer("num_cross_layers", 5, 1, "cross layers"),
          s.flag("use_low_rank_mixture", false, "cross matrices as mixtures of low-rank experts"),
          s.integer("low_rank", 32, 1, "rank of an expert"),
          s.integer("num_experts", 4, 1, "experts of a mixture"),
          s.integers("stacked_dnn_hidden_units", units, "widths of the MLP behind the crosses"),
          s.integers("parallel_dnn_hidden_units", units, "widths of the MLP beside the crosses"),
          s.number("net_dropout", 0.2, 0, 0.999, "dropout after each hidden layer"),
          s.flag("batch_norm", true, "batch normalisation in the MLPs"));
    }
  }

  private final CrossNet crossNet;
  private final Mlp stacked;
  private final Mlp parallel;
  private final LinearLayer fc;

  /** Builds the layers, whose parameters go to {@code shape.parameters()}. */
  public DcnV2(ModelShape shape, Config config) {
    var set = shape.parameters();
    int in = shape.flatWidth();
    crossNet =
        config.lowRankMixture()
            ? new CrossNetMix(
                set, "crossnet", in, config.crossLayers(), config.lowRank(), config.experts())
            : new CrossNetV2(set, "crossnet", in, config.crossLayers());
    Structure structure = config.structure();
    stacked =
        structure.stacked()
            ? new Mlp(
                set,
                "stacked_dnn.mlp",
                in,
                config.stackedUnits(),
                config.batchNorm(),
                config.netDropout(),
                0)
            : null;
    parallel =
        structure.parallel()
            ? new Mlp(
                set,
                "parallel_dnn.mlp",
                in,
                config.parallelUnits(),
                config.batchNorm(),
                config.netDropout(),
                0)
            : null;
    int width =
        (stacked == null ? in : stacked.outWidth()) + (parallel == null ? 0 : parallel.outWidth());
    fc = new LinearLayer(set, "fc", width, 1, true);
  }

  @Override
  public Variable logits(ModelInput in) {
    Variable x0 = in.flat();
    Variable out = crossNet.apply(x0);
    if (stacked != null) {
      out = stacked.apply(out);
    }
    if (parallel != null) {
      out = Concat.apply(out, parallel.apply(x0));
    }
    return fc.apply(out);
  }
}

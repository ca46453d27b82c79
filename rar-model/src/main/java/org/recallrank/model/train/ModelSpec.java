package org.recallrank.model.train;

import java.util.List;
import java.util.function.Function;
import org.recallrank.autograd.nn.ParameterSet;
import org.recallrank.model.base.BaseModel;
import org.recallrank.model.base.BaseModels;
import org.recallrank.model.base.ModelShape;
import org.recallrank.model.config.Nearest;
import org.recallrank.model.config.Settings;
import org.recallrank.model.config.SettingsException;
import org.recallrank.model.data.Schema;
import org.recallrank.model.enrich.Identity;
import org.recallrank.model.enrich.Rar;
import org.recallrank.model.enrich.RarConfig;
import org.recallrank.model.recall.Dssm;
import org.recallrank.model.recall.PoolConfig;
import org.recallrank.model.recall.RecallData;
import org.recallrank.tensor.Rng;

/**
 * Which model is meant: a base model, an enricher, and every setting of both and of their training,
 * all checked.
 *
 * @param model its {@linkplain BaseModels#canonical canonical} name
 * @param rar null without RAR, and so are the two below
 */
public record ModelSpec(
    String model,
    String enrich,
    Settings settings,
    TrainConfig train,
    Function<ModelShape, BaseModel> base,
    RarConfig rar,
    Dssm.Config dssm,
    PoolConfig pools) {

  private static final List<String> ENRICHERS = List.of("none", "rar");

  // FuxiCTR starts embeddings at 1e-4. RAR's matching matrix sees the entities' embeddings only,
  // and
  // from there its scores stay at 0 for many epochs.
  private static final double RAW_STD = 1e-4;
  private static final double RAR_STD = 0.01;

  /**
   * Reads the settings.
   *
   * @throws SettingsException if a name or setting is unknown or a value out of range
   */
  public static ModelSpec of(String model, String enrich, Settings settings) {
    String name = BaseModels.canonical(model);
    if (!ENRICHERS.contains(enrich)) {
      throw new SettingsException(
          "unknown enricher \""
              + enrich
              + "\""
              + Nearest.hint(enrich, ENRICHERS)
              + "; known: "
              + String.join(", ", ENRICHERS));
    }
    boolean rar = enrich.equals("rar");
    ModelSpec spec =
        new ModelSpec(
            name,
            enrich,
            settings,
            TrainConfig.from(settings, rar ? RAR_STD : RAW_STD),
            BaseModels.configure(name, settings),
            rar ? RarConfig.from(settings) : null,
            rar ? Dssm.Config.from(settings) : null,
            rar ? PoolConfig.from(settings) : null);
    settings.rejectUnknown();
    return spec;
  }

  /** Names of the enrichers. */
  public static List<String> enrichers() {
    return ENRICHERS;
  }

  /** Whether the model looks at recall data. */
  public boolean needsRecall() {
    return rar != null;
  }

  /**
   * A new model with its first weights.
   *
   * @param recall null if the model {@linkplain #needsRecall needs none}
   */
  public CtrModel build(Schema schema, RecallData recall) {
    return build(new ParameterSet(new Rng(train.seed()).split("parameters")), schema, recall);
  }

  /** The same with zeros for weights, for others to be loaded into it. */
  public CtrModel blank(Schema schema, RecallData recall) {
    return build(ParameterSet.blank(), schema, recall);
  }

  private CtrModel build(ParameterSet parameters, Schema schema, RecallData recall) {
    return new CtrModel(
        parameters,
        schema,
        train.embeddingDim(),
        train.embeddingStd(),
        (set, embedding) -> rar == null ? new Identity() : new Rar(set, embedding, recall, rar),
        base);
  }
}

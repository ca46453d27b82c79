package org.recallrank.model;

import java.util.function.Function;
import org.recallrank.autograd.nn.ParameterSet;
import org.recallrank.model.base.BaseModel;
import org.recallrank.model.base.BaseModels;
import org.recallrank.model.base.ModelShape;
import org.recallrank.model.config.Settings;
import org.recallrank.model.config.SettingsException;
import org.recallrank.model.enrich.Enrichers;
import org.recallrank.model.enrich.Enrichers.RecallNeed;
import org.recallrank.model.recall.RecallData;
import org.recallrank.model.schema.Schema;
import org.recallrank.tensor.Rng;
import org.recallrank.training.recall.Dssm;
import org.recallrank.training.recall.PoolConfig;
import org.recallrank.training.train.TrainConfig;

/**
 * Which model is meant: a base model, an enricher, and every setting of both and of their training,
 * all checked.
 *
 * @param model its {@linkplain BaseModels#canonical canonical} name
 * @param dssm null if the enricher needs no recall data, and so is {@code pools}
 */
public record ModelSpec(
    String model,
    String enrich,
    Settings settings,
    TrainConfig train,
    Function<ModelShape, BaseModel> base,
    Enrichers.Configured enricher,
    Dssm.Config dssm,
    PoolConfig pools) {

  /**
   * Reads the settings.
   *
   * @throws SettingsException if a name or setting is unknown or a value out of range
   */
  public static ModelSpec of(String model, String enrich, Settings settings) {
    String name = BaseModels.canonical(model);
    Enrichers.check(enrich);
    TrainConfig train = TrainConfig.from(settings, Enrichers.embeddingStd(enrich));
    Function<ModelShape, BaseModel> base = BaseModels.configure(name, settings);
    Enrichers.Configured enricher = Enrichers.configure(enrich, settings);
    boolean recall = enricher.need() != RecallNeed.NONE;
    ModelSpec spec =
        new ModelSpec(
            name,
            enrich,
            settings,
            train,
            base,
            enricher,
            recall ? Dssm.Config.from(settings) : null,
            recall ? PoolConfig.from(settings) : null);
    settings.rejectUnknown();
    return spec;
  }

  /** Whether the model looks at recall data. */
  public boolean needsRecall() {
    return enricher.need() != RecallNeed.NONE;
  }

  /** Whether it looks at the recall model's vectors too. */
  public boolean needsRecallVectors() {
    return enricher.need() == RecallNeed.POOLS_AND_VECTORS;
  }

  /** Both names, such as {@code dcnv2 + rar}. */
  public String title() {
    return enrich.equals("none") ? model : model + " + " + enrich;
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
        (set, embedding) -> enricher.factory().build(set, schema, embedding, recall),
        base);
  }
}

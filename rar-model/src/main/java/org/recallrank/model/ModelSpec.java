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
import org.recallrank.model.recall.ServedRecall;
import org.recallrank.model.schema.Schema;

/**
 * Which model is meant: a base model, an enricher, and every setting of both, all checked.
 *
 * <p>May be shared by threads that build models by it; reading further settings belongs to one.
 *
 * @param model its {@linkplain BaseModels#canonical canonical} name
 * @param settings from which all was read; there may be others in it, of training for example
 */
public record ModelSpec(
    String model,
    String enrich,
    Settings settings,
    EmbeddingConfig embedding,
    Function<ModelShape, BaseModel> base,
    Enrichers.Configured enricher) {

  /**
   * Reads the settings of a model, and leaves others alone.
   *
   * @throws SettingsException if a name is unknown or a value out of range
   */
  public static ModelSpec of(String model, String enrich, Settings settings) {
    String name = BaseModels.canonical(model);
    return new ModelSpec(
        name,
        enrich,
        settings,
        EmbeddingConfig.from(settings, Enrichers.embeddingStd(enrich)),
        BaseModels.configure(name, settings),
        Enrichers.configure(enrich, settings));
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
   * A new model.
   *
   * @param parameters what its first weights are drawn by
   * @param recall null if the model {@linkplain #needsRecall needs none}
   */
  public CtrModel build(ParameterSet parameters, Schema schema, RecallData recall) {
    return new CtrModel(
        parameters,
        schema,
        embedding.dim(),
        embedding.std(),
        (set, fields) -> enricher.factory().build(set, schema, fields, recall),
        base);
  }

  /**
   * A model that only scores.
   *
   * @param trained a {@linkplain ParameterSet#frozen frozen} set
   * @param recall null if the model {@linkplain #needsRecall needs none}
   */
  public CtrModel freeze(ParameterSet trained, Schema schema, ServedRecall recall) {
    return new CtrModel(
        trained,
        schema,
        embedding.dim(),
        embedding.std(),
        (set, fields) -> enricher.serving().build(set, schema, fields, recall),
        base);
  }

  /** The same with zeros for weights, for others to be loaded into it. */
  public CtrModel blank(Schema schema, RecallData recall) {
    return build(ParameterSet.blank(), schema, recall);
  }
}

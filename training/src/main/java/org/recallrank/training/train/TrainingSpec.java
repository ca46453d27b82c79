package org.recallrank.training.train;

import org.recallrank.autograd.nn.ParameterSet;
import org.recallrank.model.CtrModel;
import org.recallrank.model.ModelSpec;
import org.recallrank.model.base.BaseModels;
import org.recallrank.model.config.Settings;
import org.recallrank.model.config.SettingsException;
import org.recallrank.model.enrich.Enrichers;
import org.recallrank.model.io.DataException;
import org.recallrank.model.recall.RecallData;
import org.recallrank.model.schema.Schema;
import org.recallrank.model.serve.SavedModel;
import org.recallrank.tensor.Rng;
import org.recallrank.training.recall.Dssm;
import org.recallrank.training.recall.PoolConfig;

/**
 * Which model is meant and how it is trained: every setting of both, all checked.
 *
 * @param dssm null if the enricher needs no recall data, and so is {@code pools}
 */
public record TrainingSpec(ModelSpec model, TrainConfig train, Dssm.Config dssm, PoolConfig pools) {

  /**
   * Reads the settings.
   *
   * @throws SettingsException if a name or setting is unknown or a value out of range
   */
  public static TrainingSpec of(String model, String enrich, Settings settings) {
    String name = BaseModels.canonical(model);
    TrainConfig train = TrainConfig.from(settings, Enrichers.embeddingStd(enrich));
    ModelSpec spec = ModelSpec.of(name, enrich, settings);
    Dssm.Config dssm = spec.needsRecall() ? Dssm.Config.from(settings) : null;
    PoolConfig pools = spec.needsRecall() ? PoolConfig.from(settings) : null;
    settings.rejectUnknown();
    return new TrainingSpec(spec, train, dssm, pools);
  }

  /**
   * How a saved model was trained.
   *
   * @throws DataException if its settings are not those of a training
   */
  public static TrainingSpec of(SavedModel saved) {
    try {
      return of(saved.spec().model(), saved.spec().enrich(), new Settings(saved.settings()));
    } catch (SettingsException e) {
      throw new DataException(
          SavedModel.MODEL + ": its metadata does not describe a training: " + e.getMessage());
    }
  }

  /** From which all was read. */
  public Settings settings() {
    return model.settings();
  }

  /** Whether the model looks at recall data. */
  public boolean needsRecall() {
    return model.needsRecall();
  }

  /**
   * A new model with its first weights.
   *
   * @param recall null if the model {@linkplain ModelSpec#needsRecall needs none}
   */
  public CtrModel build(Schema schema, RecallData recall) {
    return model.build(new ParameterSet(new Rng(train.seed()).split("parameters")), schema, recall);
  }
}

package org.recallrank.training.train;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.recallrank.model.base.BaseModels;
import org.recallrank.model.config.Settings;
import org.recallrank.model.config.Settings.Setting;

/**
 * What can be set, found by letting models, enrichers and training read themselves from defaults:
 * no list of settings exists anywhere, so none can be out of date.
 */
public final class KnownSettings {
  private static final String RAW = "none";

  private KnownSettings() {}

  /** Of the training of every model. */
  public static List<Setting> ofTraining() {
    String any = BaseModels.names().get(0);
    return without(asked(any, RAW), ofModel(any));
  }

  /** Of a base model. */
  public static List<Setting> ofModel(String model) {
    Settings settings = Settings.defaults();
    BaseModels.configure(model, settings);
    return List.copyOf(settings.asked());
  }

  /** Of an enricher: its own, and those of training that have another default with it. */
  public static List<Setting> ofEnricher(String enricher) {
    String any = BaseModels.names().get(0);
    return without(asked(any, enricher), asked(any, RAW));
  }

  private static Collection<Setting> asked(String model, String enricher) {
    return TrainingSpec.of(model, enricher, Settings.defaults()).settings().asked();
  }

  private static List<Setting> without(Collection<Setting> all, Collection<Setting> others) {
    List<Setting> left = new ArrayList<>(all);
    left.removeAll(others);
    return left;
  }
}

package org.recallrank.model.base;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.recallrank.model.config.Nearest;
import org.recallrank.model.config.Settings;
import org.recallrank.model.config.SettingsException;

/** The base models by name. */
public final class BaseModels {
  private static final Map<String, BiFunction<ModelShape, Settings, BaseModel>> FACTORIES =
      new TreeMap<>(
          Map.of(
              "dcnv2", (shape, s) -> new DcnV2(shape, DcnV2.Config.from(s)),
              "deepfm", (shape, s) -> new DeepFm(shape, DeepFm.Config.from(s))));

  private BaseModels() {}

  /** All names, sorted. */
  public static List<String> names() {
    return List.copyOf(FACTORIES.keySet());
  }

  /**
   * Checks a name.
   *
   * @throws SettingsException naming the known models and the nearest if it is unknown
   */
  public static void check(String name) {
    if (!FACTORIES.containsKey(name)) {
      throw new SettingsException(
          "unknown model \"" + name + "\"" + Nearest.hint(name, names()) + "; known: "
              + String.join(", ", names()));
    }
  }

  /** Builds a model with the settings it asks for. */
  public static BaseModel create(String name, ModelShape shape, Settings settings) {
    check(name);
    return FACTORIES.get(name).apply(shape, settings);
  }
}

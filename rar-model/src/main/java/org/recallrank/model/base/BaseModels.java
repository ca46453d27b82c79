package org.recallrank.model.base;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.recallrank.model.config.Nearest;
import org.recallrank.model.config.Settings;
import org.recallrank.model.config.SettingsException;

/** The base models by name. */
public final class BaseModels {
  private static final Map<String, Function<Settings, Function<ModelShape, BaseModel>>> CONFIGURE =
      new TreeMap<>(
          Map.of(
              "autoint",
              s -> {
                AutoInt.Config config = AutoInt.Config.from(s);
                return shape -> new AutoInt(shape, config);
              },
              "dcnv2",
              s -> {
                DcnV2.Config config = DcnV2.Config.from(s);
                return shape -> new DcnV2(shape, config);
              },
              "deepfm",
              s -> {
                DeepFm.Config config = DeepFm.Config.from(s);
                return shape -> new DeepFm(shape, config);
              },
              "xdeepfm",
              s -> {
                XDeepFm.Config config = XDeepFm.Config.from(s);
                return shape -> new XDeepFm(shape, config);
              }));

  private BaseModels() {}

  /** All names, sorted. */
  public static List<String> names() {
    return List.copyOf(CONFIGURE.keySet());
  }

  /**
   * Checks a name.
   *
   * @throws SettingsException naming the known models and the nearest if it is unknown
   */
  public static void check(String name) {
    if (!CONFIGURE.containsKey(name)) {
      throw new SettingsException(
          "unknown model \""
              + name
              + "\""
              + Nearest.hint(name, names())
              + "; known: "
              + String.join(", ", names()));
    }
  }

  /** Reads a model's settings; what it returns builds the model. */
  public static Function<ModelShape, BaseModel> configure(String name, Settings settings) {
    check(name);
    return CONFIGURE.get(name).apply(settings);
  }
}

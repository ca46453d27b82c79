package org.recallrank.model.base;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.recallrank.model.config.Nearest;
import org.recallrank.model.config.Settings;
import org.recallrank.model.config.SettingsException;

/** The base models by name. */
public final class BaseModels {
  private static final Map<String, Function<Settings, Function<ModelShape, BaseModel>>> CONFIGURE =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("ipnn", of(Ipnn.Config::from, Ipnn::new)),
              Map.entry("widedeep", of(WideDeep.Config::from, WideDeep::new)),
              Map.entry("deepfm", of(DeepFm.Config::from, DeepFm::new)),
              Map.entry("dcn", of(Dcn.Config::from, Dcn::new)),
              Map.entry("xdeepfm", of(XDeepFm.Config::from, XDeepFm::new)),
              Map.entry("autoint", of(AutoInt.Config::from, AutoInt::new)),
              Map.entry("deepim", of(DeepIm.Config::from, DeepIm::new)),
              Map.entry("dcnv2", of(DcnV2.Config::from, DcnV2::new))));

  /** What FuxiCTR calls them where the papers have another name. */
  private static final Map<String, String> ALIASES = Map.of("pnn", "ipnn");

  private BaseModels() {}

  private static <C> Function<Settings, Function<ModelShape, BaseModel>> of(
      Function<Settings, C> read, BiFunction<ModelShape, C, BaseModel> build) {
    return settings -> {
      C config = read.apply(settings);
      return shape -> build.apply(shape, config);
    };
  }

  /** All names, sorted. */
  public static List<String> names() {
    return List.copyOf(CONFIGURE.keySet());
  }

  /**
   * The one of {@link #names} that is meant: only letters and digits count, in either case, so
   * "Wide&amp;Deep" and "DCN-V2" will do, and so will FuxiCTR's "PNN".
   *
   * @throws SettingsException naming the known models and the nearest if it is unknown
   */
  public static String canonical(String name) {
    String plain = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    String known = ALIASES.getOrDefault(plain, plain);
    if (!CONFIGURE.containsKey(known)) {
      throw new SettingsException(
          "unknown model \""
              + name
              + "\""
              + Nearest.hint(plain, names())
              + "; known: "
              + String.join(", ", names()));
    }
    return known;
  }

  /**
   * Reads a model's settings; what it returns builds the model.
   *
   * @throws SettingsException if the model is unknown or a value out of range
   */
  public static Function<ModelShape, BaseModel> configure(String name, Settings settings) {
    return CONFIGURE.get(canonical(name)).apply(settings);
  }
}

package org.recallrank.bench.coldstart;

import java.nio.file.Path;
import java.util.Map;
import org.recallrank.bench.cases.ModelData;
import org.recallrank.bench.cases.ScoringCase;
import org.recallrank.bench.cases.ScoringRun;
import org.recallrank.model.ModelSpec;
import org.recallrank.model.config.Settings;

/** Makes a folder as training leaves it, with a DCN-V2 of three fields and random weights. */
public final class ColdStartRun {
  private ColdStartRun() {}

  /** The argument is the folder. */
  public static void main(String[] arguments) {
    Map<String, String> settings = Map.of("embedding_std", "0.5");
    ModelData data = ModelData.uniform(3959, 7565, 15240, 1);
    ScoringRun.save(
        Path.of(arguments[0]),
        data,
        ModelSpec.of("dcnv2", "none", new Settings(settings)),
        new ScoringCase("dcnv2", "none", settings, data, 1).model());
  }
}

package org.recallrank.bench.coldstart;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.recallrank.bench.cases.ModelData;
import org.recallrank.bench.cases.ScoringCase;
import org.recallrank.model.ModelSpec;
import org.recallrank.model.config.Settings;
import org.recallrank.model.schema.Encoding;
import org.recallrank.model.schema.Field;
import org.recallrank.model.schema.Vocabulary;
import org.recallrank.model.serve.SavedModel;

/** Makes a folder as training leaves it, with a DCN-V2 of three fields and random weights. */
public final class ColdStartRun {
  private ColdStartRun() {}

  /** The argument is the folder. */
  public static void main(String[] arguments) throws IOException {
    Map<String, String> settings = Map.of("embedding_std", "0.5");
    ModelData data = ModelData.uniform(3959, 7565, 15240, 1);
    List<Vocabulary> vocabularies = new ArrayList<>();
    for (Field field : data.schema().fields()) {
      // Beside the tokens there are padding and unknown ones.
      vocabularies.add(
          Vocabulary.of(
              IntStream.range(0, field.vocabularySize() - 2)
                  .mapToObj(token -> field.name() + token)
                  .toList(),
              null));
    }
    Path folder = Files.createDirectories(Path.of(arguments[0]));
    SavedModel.prepare(folder, new Encoding(data.schema(), vocabularies), null);
    SavedModel.saveWeights(
        folder,
        ModelSpec.of("dcnv2", "none", new Settings(settings)),
        "click",
        new ScoringCase("dcnv2", "none", settings, data, 1).model());
  }
}

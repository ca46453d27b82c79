package org.recallrank.bench.cases;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.recallrank.model.CtrModel;
import org.recallrank.model.ModelSpec;
import org.recallrank.model.entity.Entities;
import org.recallrank.model.recall.RecallData;
import org.recallrank.model.schema.Encoding;
import org.recallrank.model.schema.Field;
import org.recallrank.model.schema.Vocabulary;
import org.recallrank.model.serve.SavedModel;

/** Makes a folder as training leaves it, of a model that nobody has trained. */
public final class ScoringRun {
  private ScoringRun() {}

  /**
   * Writes the folder. The token of a table row is the field's name and the row's number, from 0.
   *
   * @param folder which is made, if it is not there
   */
  public static void save(Path folder, ModelData data, ModelSpec spec, CtrModel model) {
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
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    RecallData recall = data.recall();
    SavedModel.prepare(
        folder,
        new Encoding(data.schema(), vocabularies),
        recall == null ? Entities.NONE : new Entities(recall.users(), recall.items()),
        spec.needsRecall() ? recall : null);
    SavedModel.saveWeights(folder, spec, "click", model);
  }
}

package org.recallrank.model.serve;

import java.nio.file.Path;
import java.util.List;
import org.recallrank.autograd.nn.ParameterSet;
import org.recallrank.kernels.Kernels;
import org.recallrank.model.CtrModel;
import org.recallrank.model.config.SettingsException;
import org.recallrank.model.entity.Entities;
import org.recallrank.model.io.DataException;
import org.recallrank.model.io.MappedTensors;
import org.recallrank.model.io.ServingTables;
import org.recallrank.model.io.TrainedState;
import org.recallrank.model.recall.ServedRecall;
import org.recallrank.model.recall.UserPools;
import org.recallrank.model.schema.Encoding;

/**
 * A run that only scores. Batch normalisation is part of the layers before it, their weights are
 * packed once, what an enricher can know before the first row it knows, and there are no gradients.
 *
 * <p>Immutable: threads may share it, each with a {@link BlockScorer} of its own.
 *
 * @param pools the users' recall items and look-alikes; null if the model looks at none
 * @param kernels what the model was frozen for; of one thread
 * @param parameters how many numbers were read
 */
record FrozenModel(
    RunHeader header,
    Encoding encoding,
    Entities entities,
    CtrModel model,
    UserPools pools,
    Kernels kernels,
    long parameters) {

  /**
   * Reads a run folder.
   *
   * @throws DataException if a file is missing, damaged or does not fit the others
   */
  static FrozenModel load(Path folder, Kernels kernels) {
    return load(folder, kernels, ServingTables.open(tables(folder), sources(folder)));
  }

  /**
   * Writes into a run folder what {@link #load} would derive each time, if there is such a thing.
   */
  static void prepare(Path folder, Kernels kernels) {
    ServingTables tables = ServingTables.none();
    load(folder, kernels, tables);
    if (!tables.isEmpty()) {
      tables.write(tables(folder), sources(folder));
    }
  }

  private static Path tables(Path folder) {
    return folder.resolve(SavedModel.SERVING);
  }

  private static List<Path> sources(Path folder) {
    return List.of(folder.resolve(SavedModel.MODEL), folder.resolve(SavedModel.RECALL));
  }

  private static FrozenModel load(Path folder, Kernels kernels, ServingTables tables) {
    SavedModel.checkRun(folder);
    MappedTensors stored = MappedTensors.open(folder.resolve(SavedModel.MODEL));
    RunHeader header = RunHeader.of(stored.file(), stored.metadata());
    Encoding encoding = Encoding.load(folder);
    Entities entities = SavedModel.entities(folder, encoding);
    Path recallFile = folder.resolve(SavedModel.RECALL);
    ServedRecall recall =
        header.spec().needsRecall() ? RecallFile.serve(recallFile, entities, tables) : null;
    TrainedState trained = new TrainedState(stored);
    CtrModel model;
    try {
      ParameterSet set = ParameterSet.frozen(trained, kernels);
      model = header.spec().freeze(set, encoding.schema(), recall);
    } catch (SettingsException e) {
      throw new DataException(
          "%s: does not fit the settings in %s: %s"
              .formatted(recallFile, SavedModel.MODEL, e.getMessage()));
    } catch (IllegalArgumentException e) { // weights that cannot be packed
      throw new DataException(stored.file() + ": " + e.getMessage(), e);
    }
    UserPools pools = recall == null ? null : recall.pools();
    return new FrozenModel(header, encoding, entities, model, pools, kernels, trained.finish());
  }
}

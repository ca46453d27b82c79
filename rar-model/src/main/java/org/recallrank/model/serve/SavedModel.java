package org.recallrank.model.serve;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.recallrank.kernels.KernelSelector;
import org.recallrank.kernels.Workers;
import org.recallrank.model.CtrModel;
import org.recallrank.model.ModelSpec;
import org.recallrank.model.config.SettingsException;
import org.recallrank.model.entity.Entities;
import org.recallrank.model.io.DataException;
import org.recallrank.model.io.ModelState;
import org.recallrank.model.io.SafeTensors;
import org.recallrank.model.recall.RecallData;
import org.recallrank.model.schema.Encoding;

/**
 * A model in a folder, with all it needs to score new rows: {@code model.safetensors} (weights
 * under FuxiCTR's names; names of model and enricher and all settings as metadata), {@code
 * schema.json} and {@code vocabulary/}, {@code entities.safetensors} where the schema names users
 * or items, with RAR or CIM {@code recall.safetensors}, and with RAR {@code serving.safetensors},
 * which may be missing: a ranker that starts with it starts faster.
 *
 * <p>May be shared by any number of threads, each with a {@link Scorer} of its own on the model.
 *
 * @param settings in effect when it was trained, those of training too, in the order of the file
 * @param label name of the column that held the clicks
 */
public record SavedModel(
    ModelSpec spec, Map<String, String> settings, Encoding encoding, String label, CtrModel model) {
  /** The weights. */
  public static final String MODEL = "model.safetensors";

  static final String RECALL = "recall.safetensors";

  /** What a ranker would otherwise derive from the two at each load. */
  static final String SERVING = "serving.safetensors";

  /** Keeps a copy of the settings. */
  public SavedModel {
    settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
  }

  /**
   * Writes what does not change while the model trains.
   *
   * @param recall null if the model needs none
   */
  public static void prepare(Path folder, Encoding encoding, Entities entities, RecallData recall) {
    try {
      Files.deleteIfExists(folder.resolve(SERVING)); // of a run that was there
    } catch (IOException e) {
      throw DataException.writing(folder, e, "a run that was there may be incomplete now");
    }
    encoding.save(folder);
    EntityFile.write(folder, encoding.schema(), entities);
    if (recall != null) {
      RecallFile.write(folder.resolve(RECALL), recall);
    }
  }

  /** Writes the weights into a folder, whole or not at all. */
  public static void saveWeights(Path folder, ModelSpec spec, String label, CtrModel model) {
    Map<String, String> settings = new LinkedHashMap<>();
    spec.settings().asked().forEach(s -> settings.put(s.key(), s.value()));
    write(folder.resolve(MODEL), spec, settings, label, model);
  }

  /** Writes the weights to a file of their own, the same bytes. */
  public void export(Path file) {
    write(file, spec, settings, label, model);
  }

  private static void write(
      Path file, ModelSpec spec, Map<String, String> settings, String label, CtrModel model) {
    JsonObject json = new JsonObject();
    settings.forEach(json::addProperty);
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("format", "recallrank-1");
    metadata.put("model", spec.model());
    metadata.put("enrich", spec.enrich());
    metadata.put("label", label);
    metadata.put("settings", json.toString());
    new SafeTensors(ModelState.of(model.parameters()), metadata).write(file);
  }

  /**
   * Deletes what {@link #prepare} and {@link #saveWeights} have written into a folder, as far as it
   * is there.
   */
  public static void delete(Path folder, Encoding encoding) throws IOException {
    Files.deleteIfExists(folder.resolve(MODEL));
    Files.deleteIfExists(folder.resolve(RECALL));
    Files.deleteIfExists(folder.resolve(EntityFile.NAME));
    Files.deleteIfExists(folder.resolve(SERVING));
    encoding.delete(folder);
  }

  /**
   * Reads a folder.
   *
   * @throws DataException if a file is missing, damaged or does not fit the others
   */
  public static SavedModel load(Path folder) {
    Path file = folder.resolve(MODEL);
    checkRun(folder);
    SafeTensors stored = SafeTensors.read(file);
    RunHeader header = RunHeader.of(file, stored.metadata());
    Encoding encoding = Encoding.load(folder);
    ModelSpec spec = header.spec();
    RecallData recall = spec.needsRecall() ? recall(folder, encoding) : null;
    CtrModel model = blank(folder, spec, encoding, recall);
    ModelState.load(model.parameters(), stored.tensors(), file.toString());
    return new SavedModel(spec, header.settings(), encoding, header.label(), model);
  }

  /**
   * Reads the entity tables of a folder.
   *
   * @param encoding of the folder
   * @return with null for a table that it does not hold
   * @throws DataException if they are damaged or do not fit
   */
  public static Entities entities(Path folder, Encoding encoding) {
    return EntityFile.read(folder, encoding.schema());
  }

  /**
   * Writes into a folder that holds a model what a ranker would otherwise derive at each load. To
   * be called when the weights are those to be served; after a change of them the file counts no
   * more.
   */
  public static void prepareServing(Path folder) {
    try (Workers alone = Workers.create(1)) {
      FrozenModel.prepare(folder, new KernelSelector().fastestOfHost(alone));
    }
  }

  static void checkRun(Path folder) {
    if (!Files.exists(folder.resolve(MODEL))) {
      throw new DataException(folder + ": expected a run folder with " + MODEL + ", found none");
    }
  }

  /**
   * Reads the recall data of a folder whose model looks at some.
   *
   * @param encoding of the folder
   * @throws DataException if there is none, or it is damaged or does not fit
   */
  public static RecallData recall(Path folder, Encoding encoding) {
    return RecallFile.read(folder.resolve(RECALL), entities(folder, encoding));
  }

  private static CtrModel blank(Path folder, ModelSpec spec, Encoding encoding, RecallData recall) {
    try {
      return spec.blank(encoding.schema(), recall);
    } catch (SettingsException e) {
      throw new DataException(
          folder.resolve(RECALL)
              + ": does not fit the settings in "
              + MODEL
              + ": "
              + e.getMessage());
    }
  }
}

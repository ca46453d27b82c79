package org.recallrank.training;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.recallrank.model.CtrModel;
import org.recallrank.model.ModelSpec;
import org.recallrank.model.entity.Entities;
import org.recallrank.model.files.AtomicFile;
import org.recallrank.model.files.Json;
import org.recallrank.model.io.DataException;
import org.recallrank.model.recall.RecallData;
import org.recallrank.model.schema.Encoding;
import org.recallrank.model.serve.SavedModel;
import org.recallrank.training.train.EpochReport;

/**
 * The folder of one run: {@code config.yaml}, {@code log.csv} (one line per epoch), {@code
 * metrics.json}, and the model as {@link SavedModel} lays it out.
 *
 * <p>Nothing is written, and a run that was there stays, until there is a model to save. A folder
 * that is closed before that is as it was, and gone if it was not there.
 *
 * <p>Serves one thread at a time.
 */
public final class RunFolder implements AutoCloseable {
  private static final String CONFIG = "config.yaml";
  private static final String METRICS = "metrics.json";
  private static final String LOG = "log.csv";
  private static final String LOG_HEADER =
      "epoch,learning_rate,click_loss,auxiliary_loss,auxiliary_baseline,total_loss,valid_auc,"
          + "valid_gauc,valid_logloss,seconds,rows_per_second,best\n";

  /**
   * What does not change while a model is trained.
   *
   * @param config text of {@code config.yaml}, or null for none
   * @param recall null if the model needs none
   */
  public record Content(
      String config,
      ModelSpec spec,
      Encoding encoding,
      Entities entities,
      RecallData recall,
      String label) {}

  private final Path folder;
  private final Content content;
  private final List<Path> created = new ArrayList<>();
  private final StringBuilder log = new StringBuilder(LOG_HEADER);
  private boolean started;
  private boolean saved;

  /** A folder that is {@linkplain #checkFree free}. */
  public RunFolder(Path folder, Content content) {
    this.folder = folder;
    this.content = content;
  }

  /**
   * Checks that nothing would be overwritten.
   *
   * @throws DataException if the folder holds a run and {@code force} is not set, or is a file
   */
  public static void checkFree(Path folder, boolean force) {
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new DataException(folder + ": expected a folder, found a file");
    }
    for (String name : List.of(SavedModel.MODEL, CONFIG)) {
      if (!force && Files.exists(folder.resolve(name))) {
        throw new DataException(
            folder
                + ": holds a run already ("
                + name
                + "); give another --out, or --force to"
                + " replace it");
      }
    }
  }

  /**
   * Makes the folder if it is not there.
   *
   * @throws DataException if that is not possible
   */
  public void create() {
    for (Path p = folder.toAbsolutePath(); p != null && !Files.exists(p); p = p.getParent()) {
      created.add(p);
    }
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new DataException(folder + ": cannot be created: " + e.getMessage(), e);
    }
  }

  /** Saves a model in place of the last one; the first time with all that belongs to it. */
  public void save(CtrModel model) {
    if (!saved) {
      saveContent();
    }
    SavedModel.saveWeights(folder, content.spec, content.label, model);
    saved = true;
  }

  private void saveContent() {
    started = true;
    delete(SavedModel.MODEL, METRICS, LOG);
    SavedModel.prepare(folder, content.encoding, content.entities, content.recall);
    if (content.config != null) {
      AtomicFile.write(folder.resolve(CONFIG), content.config);
    } else {
      delete(CONFIG); // of a run that was there
    }
  }

  private void delete(String... names) {
    try {
      for (String name : names) {
        Files.deleteIfExists(folder.resolve(name));
      }
    } catch (IOException e) {
      throw DataException.writing(folder, e, "a run that was there may be incomplete now");
    }
  }

  /** Removes what was made here if no model was saved. */
  @Override
  public void close() {
    if (saved) {
      return;
    }
    try {
      if (started) {
        for (String name : List.of(CONFIG, METRICS, LOG)) {
          Files.deleteIfExists(folder.resolve(name));
        }
        SavedModel.delete(folder, content.encoding);
      }
      for (Path made : created) {
        Files.deleteIfExists(made);
      }
    } catch (IOException e) {
      throw DataException.writing(folder, e, "what was begun there may be left");
    }
  }

  void logEpoch(EpochReport e) {
    log.append(
        String.format(
            Locale.ROOT,
            "%d,%s,%.6f,%.6f,%.6f,%.6f,%.6f,%.6f,%.6f,%.3f,%.0f,%b%n",
            e.epoch(),
            e.learningRate(),
            e.click(),
            e.auxiliary(),
            e.auxiliaryBaseline(),
            e.total(),
            e.valid().auc(),
            e.valid().gauc(),
            e.valid().logloss(),
            e.seconds(),
            e.rows() / e.seconds(),
            e.best()));
    if (saved) {
      AtomicFile.write(folder.resolve(LOG), log.toString());
    }
  }

  void writeMetrics(JsonObject metrics) {
    AtomicFile.write(folder.resolve(METRICS), Json.pretty(metrics));
  }
}

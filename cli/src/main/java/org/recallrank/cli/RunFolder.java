package org.recallrank.cli;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.recallrank.model.data.Encoding;
import org.recallrank.model.io.AtomicFile;
import org.recallrank.model.io.DataException;
import org.recallrank.model.recall.RecallData;
import org.recallrank.model.serve.SavedModel;
import org.recallrank.model.train.EpochReport;
import org.recallrank.model.train.Metrics;

/**
 * The folder of one run: {@code config.yaml}, {@code log.csv} (one line per epoch), {@code
 * metrics.json}, and the model as {@link SavedModel} lays it out.
 */
final class RunFolder {
  private static final String CONFIG = "config.yaml";
  private static final String METRICS = "metrics.json";
  private static final String LOG = "log.csv";
  private static final String LOG_HEADER =
      "epoch,learning_rate,click_loss,auxiliary_loss,auxiliary_baseline,total_loss,valid_auc,"
          + "valid_gauc,valid_logloss,seconds,rows_per_second,best\n";

  private final Path folder;
  private final StringBuilder log = new StringBuilder(LOG_HEADER);

  RunFolder(Path folder) {
    this.folder = folder;
  }

  Path path() {
    return folder;
  }

  /**
   * Checks that nothing would be overwritten.
   *
   * @throws DataException if the folder holds a run and {@code force} is not set, or is a file
   */
  static void checkFree(Path folder, boolean force) {
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

  /** Creates the folder with what does not change during training; a run that was there goes. */
  void create(String config, Encoding encoding, RecallData recall) {
    try {
      Files.createDirectories(folder);
      for (String name : List.of(SavedModel.MODEL, METRICS, LOG)) {
        Files.deleteIfExists(folder.resolve(name));
      }
    } catch (IOException e) {
      throw new DataException(folder + ": cannot be created: " + e.getMessage(), e);
    }
    SavedModel.prepare(folder, encoding, recall);
    AtomicFile.write(folder.resolve(CONFIG), config);
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
    AtomicFile.write(folder.resolve(LOG), log.toString());
  }

  void writeMetrics(JsonObject metrics) {
    AtomicFile.write(folder.resolve(METRICS), pretty(metrics));
  }

  static String pretty(JsonObject json) {
    return new GsonBuilder().setPrettyPrinting().serializeNulls().create().toJson(json) + "\n";
  }

  static JsonObject json(Metrics m) {
    JsonObject json = new JsonObject();
    json.add("auc", number(m.auc()));
    json.add("gauc", number(m.gauc()));
    json.add("logloss", number(m.logloss()));
    json.addProperty("gaucUsers", m.gaucGroups());
    json.addProperty("gaucRows", m.gaucRows());
    return json;
  }

  /** null for what is undefined: JSON has no NaN. */
  static com.google.gson.JsonElement number(double value) {
    return Double.isFinite(value) ? new JsonPrimitive(value) : JsonNull.INSTANCE;
  }
}

package org.recallrank.cli.report;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import org.recallrank.cli.experiment.CellStore;
import org.recallrank.cli.experiment.Results;
import org.recallrank.model.files.Json;
import org.recallrank.model.io.DataException;

/**
 * Reads what a report is about: folders of {@code experiment}, folders of {@code train}, files of
 * single cells.
 */
public final class Inputs {
  private Inputs() {}

  /**
   * Reads them in their order; runs that belong to no experiment come last, those on the same data
   * together.
   *
   * @throws DataException if one is none of these, or damaged
   */
  public static List<Study> read(List<Path> paths) {
    List<Study> studies = new ArrayList<>();
    Map<String, List<JsonObject>> runs = new LinkedHashMap<>();
    Set<Path> distinct = new LinkedHashSet<>(paths);
    for (Path path : distinct) {
      if (CellStore.isExperiment(path)) {
        studies.add(experiment(path));
      } else if (Files.exists(path.resolve("metrics.json"))) {
        add(runs, run(path));
      } else if (Files.isRegularFile(path)) {
        add(runs, cell(path));
      } else {
        throw new DataException(
            path
                + ": expected the folder of an experiment (with cells/) or of a run (with"
                + " metrics.json), or the JSON file of a cell; found "
                + (Files.isDirectory(path) ? "a folder with neither" : "nothing"));
      }
    }
    runs.forEach(
        (data, same) -> {
          Study study = Study.ofRuns(same, "");
          boolean taken =
              studies.stream().anyMatch(s -> s.is(Study.RUNS) && s.data().equals(study.data()));
          studies.add(taken ? Study.ofRuns(same, " (" + data + ")") : study);
        });
    return studies;
  }

  /** Puts a run, or a cell, to those on the same data. */
  private static void add(Map<String, List<JsonObject>> runs, JsonObject run) {
    String data =
        run.get("configuration") instanceof JsonObject configuration
            ? Json.text(configuration, "data")
            : Json.text(run, "data");
    runs.computeIfAbsent(data.replaceFirst(",.*", ""), d -> new ArrayList<>()).add(run);
  }

  private static Study experiment(Path folder) {
    CellStore store = new CellStore(folder);
    List<JsonObject> cells = store.all();
    if (cells.isEmpty()) {
      throw new DataException(
          folder + ": expected finished cells, found none; run it again with --resume");
    }
    JsonObject about = store.about();
    return new Study(Json.text(about, "name"), about, new Results(cells), "");
  }

  private static JsonObject cell(Path file) {
    JsonObject cell = CellStore.read(file);
    if (!cell.has("model") || !cell.has("epochs")) {
      throw new DataException(
          file + ": expected the JSON of a cell, with model and epochs; found neither or one");
    }
    Path experiment = file.toAbsolutePath().normalize().getParent().getParent();
    if (experiment != null && CellStore.isExperiment(experiment)) {
      JsonObject about = new CellStore(experiment).about();
      cell.add("rows", about.get("rows"));
      cell.add("options", about.get("options"));
    }
    return cell;
  }

  /** A run folder in the form of a cell. */
  private static JsonObject run(Path folder) {
    JsonObject run = CellStore.read(folder.resolve("metrics.json"));
    run.addProperty("column", columnOf(Json.text(run, "enrich")));
    run.addProperty("id", folder.toAbsolutePath().normalize().getFileName().toString());
    if (run.get("train") instanceof JsonObject train) {
      for (String name :
          List.of("secondsPerEpoch", "rowsPerSecond", "bestEpoch", "kernels", "threads")) {
        run.add(name, train.get(name));
      }
    }
    JsonArray epochs = new JsonArray();
    Path log = folder.resolve("log.csv");
    if (Files.exists(log)) {
      try (CsvReader<NamedCsvRecord> lines = CsvReader.builder().ofNamedCsvRecord(log)) {
        lines.forEach(line -> epochs.add(epoch(log, line)));
      } catch (IOException e) {
        throw DataException.reading(log, e);
      }
    }
    run.add("epochs", epochs);
    return run;
  }

  private static JsonObject epoch(Path log, NamedCsvRecord line) {
    JsonObject epoch = new JsonObject();
    String[][] names = {
      {"epoch", "epoch"},
      {"auc", "valid_auc"},
      {"gauc", "valid_gauc"},
      {"logloss", "valid_logloss"},
      {"click", "click_loss"},
      {"auxiliary", "auxiliary_loss"},
      {"auxiliaryBaseline", "auxiliary_baseline"}
    };
    for (String[] name : names) {
      JsonElement value;
      try {
        value = Json.number(Double.parseDouble(line.getField(name[1])));
      } catch (NumberFormatException | NoSuchElementException e) {
        throw new DataException(
            log + ", line " + line.getStartingLineNumber() + ": expected a number as " + name[1],
            e);
      }
      epoch.add(name[0], value);
    }
    return epoch;
  }

  private static String columnOf(String enrich) {
    return switch (enrich) {
      case "none" -> "Raw";
      case "frnet" -> "+FRNet";
      default -> "+" + enrich.toUpperCase(Locale.ROOT);
    };
  }
}

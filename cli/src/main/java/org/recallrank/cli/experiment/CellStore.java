package org.recallrank.cli.experiment;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.recallrank.model.files.AtomicFile;
import org.recallrank.model.files.Json;
import org.recallrank.model.io.DataException;

/**
 * The folder of an experiment: {@code experiment.json} says what was done on which data, {@code
 * cells/} has a file for each finished cell. A file appears whole, so a kill costs only the cell
 * that was being trained.
 */
public final class CellStore {
  private static final String ABOUT = "experiment.json";
  private static final String CELLS = "cells";
  private static final String CONFIGURATION = "configuration";
  static final String DATA = "data";

  private final Path folder;

  /** A folder that may not exist yet. */
  public CellStore(Path folder) {
    this.folder = folder;
  }

  /**
   * Checks that nothing gets mixed up.
   *
   * @param name of the experiment that is to write here
   * @throws DataException if there are results that are not to be resumed, or of another experiment
   */
  public void checkFree(boolean resume, String name) {
    if (!isExperiment(folder)) {
      return;
    }
    if (!resume) {
      throw new DataException(
          folder + ": holds an experiment already; go on with --resume, or give another --out");
    }
    String before = Json.text(about(), "name");
    if (!before.equals(name)) {
      throw new DataException(
          folder
              + ": expected an experiment "
              + name
              + ", found "
              + before
              + "; give another --out");
    }
  }

  /** Whether a folder holds an experiment. */
  public static boolean isExperiment(Path folder) {
    return Files.exists(folder.resolve(ABOUT));
  }

  /** Writes {@code experiment.json}, and makes the folder if it is not there. */
  public void writeAbout(JsonObject about) {
    try {
      Files.createDirectories(folder.resolve(CELLS));
    } catch (IOException e) {
      throw new DataException(folder + ": cannot be created: " + e.getMessage(), e);
    }
    AtomicFile.write(folder.resolve(ABOUT), Json.pretty(about));
  }

  /** What {@code experiment.json} says. */
  public JsonObject about() {
    return read(folder.resolve(ABOUT));
  }

  /**
   * The result of a cell if it is finished.
   *
   * @throws DataException if it was trained with another configuration: what differs is named
   */
  public Optional<JsonObject> finished(String id, JsonObject configuration) {
    Path file = file(id);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    JsonObject result = read(file);
    JsonObject before = result.getAsJsonObject(CONFIGURATION);
    if (!configuration.equals(before)) {
      throw new DataException(
          file
              + ": was made with another configuration ("
              + difference(before, configuration)
              + "); repeat the command that made it, or give another --out");
    }
    return Optional.of(result);
  }

  /**
   * Checks that a cell may stand in one table with those that are kept: all are of the same data,
   * and those of a column differ by their seed only.
   *
   * @throws DataException if it may not: what differs is named
   */
  public void checkFits(List<JsonObject> kept, Cell cell, JsonObject configuration) {
    for (JsonObject other : kept) {
      JsonObject before = other.getAsJsonObject(CONFIGURATION).deepCopy();
      JsonObject now = configuration.deepCopy();
      boolean sameColumn =
          cell.model().equals(Json.text(other, "model"))
              && cell.column().equals(Json.text(other, "column"));
      if (sameColumn) {
        before.remove("seed");
        now.remove("seed");
      }
      boolean fits = sameColumn ? before.equals(now) : before.get(DATA).equals(now.get(DATA));
      if (!fits) {
        throw new DataException(
            file(Json.text(other, "id"))
                + ": was made with another configuration than "
                + cell.id()
                + " is to be ("
                + difference(before, now)
                + "); give another --out");
      }
    }
  }

  private static String difference(JsonObject before, JsonObject now) {
    List<String> differences = new ArrayList<>();
    if (before != null) {
      for (Map.Entry<String, JsonElement> entry : now.entrySet()) {
        JsonElement old = before.get(entry.getKey());
        if (!entry.getValue().equals(old)) {
          differences.add(entry.getKey() + " was " + old + ", is " + entry.getValue());
        }
      }
    }
    return differences.isEmpty()
        ? "settings were added or removed"
        : String.join("; ", differences);
  }

  /**
   * Keeps the result of a cell.
   *
   * @param order of the cell in its plan
   */
  public void write(String id, int order, JsonObject configuration, JsonObject result) {
    result.addProperty("order", order);
    result.add(CONFIGURATION, configuration);
    AtomicFile.write(file(id), Json.pretty(result));
  }

  private Path file(String id) {
    return folder.resolve(CELLS).resolve(id + ".json");
  }

  /** All finished cells, in the order of their plan. */
  public List<JsonObject> all() {
    if (!Files.isDirectory(folder.resolve(CELLS))) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder.resolve(CELLS))) {
      return files
          .filter(f -> f.getFileName().toString().matches("[^.].*\\.json"))
          .sorted()
          .map(CellStore::read)
          .sorted(Comparator.comparingInt(cell -> cell.get("order").getAsInt()))
          .toList();
    } catch (IOException e) {
      throw DataException.reading(folder, e);
    }
  }

  /**
   * Reads a JSON object.
   *
   * @throws DataException if the file is not one
   */
  public static JsonObject read(Path file) {
    try {
      return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    } catch (IOException e) {
      throw DataException.reading(file, e);
    } catch (JsonParseException | IllegalStateException e) {
      throw new DataException(file + ": expected a JSON object: " + e.getMessage(), e);
    }
  }
}

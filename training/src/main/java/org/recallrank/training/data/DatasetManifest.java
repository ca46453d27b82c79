package org.recallrank.training.data;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.recallrank.model.files.AtomicFile;
import org.recallrank.model.files.TextFile;
import org.recallrank.model.io.DataException;
import org.recallrank.training.source.SkippedRows;
import org.recallrank.training.source.Split;

/**
 * What an encoded data set holds. Its file is written last.
 *
 * @param rows per split
 * @param sessions whether its rows belong to sessions
 * @param vocabularyBytes how long the vocabularies are together
 * @param skipped malformed rows that were left out when it was made
 */
record DatasetManifest(
    Map<Split, Long> rows, boolean sessions, long vocabularyBytes, List<SkippedRows> skipped) {
  /** Changes whenever the files of a data set change their meaning. */
  static final int VERSION = 2;

  void write(Path file) {
    StringWriter text = new StringWriter();
    try (JsonWriter json = new JsonWriter(text)) {
      json.setIndent("  ");
      json.beginObject();
      json.name("version").value(VERSION);
      json.name("rows").beginObject();
      for (Map.Entry<Split, Long> entry : rows.entrySet()) {
        json.name(entry.getKey().label()).value(entry.getValue());
      }
      json.endObject();
      json.name("sessions").value(sessions);
      json.name("vocabularyBytes").value(vocabularyBytes);
      json.name("skipped").beginArray();
      for (SkippedRows one : skipped) {
        json.beginObject();
        json.name("file").value(one.file().toString());
        json.name("rows").value(one.rows());
        json.name("first").beginArray();
        for (String message : one.first()) {
          json.value(message);
        }
        json.endArray().endObject();
      }
      json.endArray().endObject();
    } catch (IOException e) {
      throw new IllegalStateException("a StringWriter does no I/O", e);
    }
    AtomicFile.write(file, text + "\n");
  }

  static DatasetManifest read(Path file) {
    try (Reader reader = TextFile.open(file, StandardCharsets.UTF_8)) {
      JsonObject json = JsonParser.parseReader(reader).getAsJsonObject();
      if (json.get("version").getAsInt() != VERSION) {
        throw new DataException(
            file + ": expected version " + VERSION + ", found " + json.get("version"));
      }
      Map<Split, Long> rows = new EnumMap<>(Split.class);
      JsonObject counts = json.getAsJsonObject("rows");
      for (Split split : Split.values()) {
        if (counts.has(split.label())) {
          rows.put(split, counts.get(split.label()).getAsLong());
        }
      }
      List<SkippedRows> skipped = new ArrayList<>();
      for (JsonElement element : json.getAsJsonArray("skipped")) {
        skipped.add(skippedRows(element.getAsJsonObject()));
      }
      return new DatasetManifest(
          rows,
          json.get("sessions").getAsBoolean(),
          json.get("vocabularyBytes").getAsLong(),
          skipped);
    } catch (IOException e) {
      throw TextFile.failure(file, 0, StandardCharsets.UTF_8, e);
    } catch (JsonParseException
        | IllegalStateException
        | IllegalArgumentException
        | NullPointerException
        | UnsupportedOperationException e) {
      // Gson's tree answers with these to a property that is missing or of another type.
      throw new DataException(file + ": not a data set (damaged?): " + e.getMessage(), e);
    }
  }

  private static SkippedRows skippedRows(JsonObject json) {
    List<String> first = new ArrayList<>();
    json.getAsJsonArray("first").forEach(message -> first.add(message.getAsString()));
    return new SkippedRows(
        Path.of(json.get("file").getAsString()), json.get("rows").getAsLong(), first);
  }
}

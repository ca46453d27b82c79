package org.recallrank.model.schema;

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
import java.util.List;
import org.recallrank.model.files.AtomicFile;
import org.recallrank.model.files.TextFile;
import org.recallrank.model.io.DataException;

/** A schema as a JSON file. */
final class SchemaJson {
  private static final int VERSION = 1;

  private SchemaJson() {}

  static void write(Path file, Schema schema) {
    StringWriter text = new StringWriter();
    try (JsonWriter json = new JsonWriter(text)) {
      json.setIndent("  ");
      json.beginObject();
      json.name("version").value(VERSION);
      json.name("user").value(schema.user());
      json.name("item").value(schema.item());
      json.name("fields").beginArray();
      for (Field field : schema.fields()) {
        json.beginObject();
        json.name("name").value(field.name());
        json.name("type").value(field.type().name());
        json.name("role").value(field.role().name());
        json.name("vocabularySize").value(field.vocabularySize());
        json.name("maxLength").value(field.maxLength());
        json.name("pooling").value(field.pooling().name());
        json.name("sharesTableOf").value(field.sharesTableOf());
        json.endObject();
      }
      json.endArray();
      json.endObject();
    } catch (IOException e) {
      throw new IllegalStateException("a StringWriter does no I/O", e);
    }
    AtomicFile.write(file, text + "\n");
  }

  static Schema read(Path file) {
    try (Reader reader = TextFile.open(file, StandardCharsets.UTF_8)) {
      JsonObject json = JsonParser.parseReader(reader).getAsJsonObject();
      if (json.get("version").getAsInt() != VERSION) {
        throw new DataException(
            file + ": expected version " + VERSION + ", found " + json.get("version"));
      }
      List<Field> fields = new ArrayList<>();
      for (JsonElement element : json.getAsJsonArray("fields")) {
        fields.add(field(element.getAsJsonObject()));
      }
      return new Schema(fields, json.get("user").getAsInt(), json.get("item").getAsInt());
    } catch (IOException e) {
      throw TextFile.failure(file, 0, StandardCharsets.UTF_8, e);
    } catch (JsonParseException
        | IllegalStateException
        | IllegalArgumentException
        | NullPointerException
        | UnsupportedOperationException e) {
      // Gson's tree answers with these to a property that is missing or of another type.
      throw new DataException(file + ": not a schema (damaged?): " + e.getMessage(), e);
    }
  }

  private static Field field(JsonObject json) {
    JsonElement shared = json.get("sharesTableOf");
    return new Field(
        json.get("name").getAsString(),
        Field.Type.valueOf(json.get("type").getAsString()),
        Field.Role.valueOf(json.get("role").getAsString()),
        json.get("vocabularySize").getAsInt(),
        json.get("maxLength").getAsInt(),
        Field.Pooling.valueOf(json.get("pooling").getAsString()),
        shared == null || shared.isJsonNull() ? null : shared.getAsString());
  }
}

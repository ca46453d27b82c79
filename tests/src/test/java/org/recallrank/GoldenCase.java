package org.recallrank;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.recallrank.model.config.Settings;
import org.recallrank.model.io.SafeTensors;
import org.recallrank.model.io.StoredTensor;
import org.recallrank.model.schema.Batch;
import org.recallrank.model.schema.Field;
import org.recallrank.model.schema.Rows;
import org.recallrank.model.schema.Schema;

/** A model case of the golden numbers: its configuration, batches and expected values. */
record GoldenCase(
    JsonObject config,
    Schema schema,
    List<Batch> batches,
    SafeTensors weights,
    SafeTensors expected) {

  static GoldenCase read(Path folder) throws IOException {
    JsonObject config = GoldenFolder.json(folder, "config.json");
    List<Field> fields = new ArrayList<>();
    for (JsonElement feature : config.getAsJsonArray("features")) {
      fields.add(field(feature.getAsJsonObject()));
    }
    Schema schema = new Schema(fields, -1, -1);
    List<Batch> batches = new ArrayList<>();
    for (JsonElement batch : GoldenFolder.json(folder, "batches.json").getAsJsonArray("batches")) {
      batches.add(batch(schema, batch.getAsJsonObject()));
    }
    return new GoldenCase(
        config,
        schema,
        batches,
        SafeTensors.read(folder.resolve("weights.safetensors")),
        SafeTensors.read(folder.resolve("expected.safetensors")));
  }

  private static Field field(JsonObject f) {
    String name = f.get("name").getAsString();
    String type = f.get("type").getAsString();
    return switch (type) {
      case "categorical" ->
          Field.categorical(name, Field.Role.CONTEXT, f.get("vocab_size").getAsInt());
      case "numeric" -> Field.numeric(name, Field.Role.CONTEXT);
      case "sequence" ->
          new Field(
              name,
              Field.Type.SEQUENCE,
              Field.Role.CONTEXT,
              f.get("vocab_size").getAsInt(),
              f.get("max_len").getAsInt(),
              f.get("feature_encoder").getAsString().contains("Sum")
                  ? Field.Pooling.SUM
                  : Field.Pooling.MEAN,
              f.has("share_embedding") ? f.get("share_embedding").getAsString() : null);
      default -> throw new IllegalArgumentException("unknown field type " + type);
    };
  }

  private static Batch batch(Schema schema, JsonObject json) {
    JsonArray label = json.getAsJsonArray("label");
    int size = label.size();
    int[][] ids = new int[schema.fields().size()][];
    float[][] numbers = new float[schema.fields().size()][];
    for (int f = 0; f < ids.length; f++) {
      Field field = schema.fields().get(f);
      JsonArray column = json.getAsJsonArray(field.name());
      if (field.type() == Field.Type.NUMERIC) {
        numbers[f] = floats(column);
      } else {
        ids[f] = new int[size * field.maxLength()];
        for (int i = 0; i < size; i++) {
          for (int t = 0; t < field.maxLength(); t++) {
            JsonElement value = column.get(i);
            ids[f][i * field.maxLength() + t] =
                (value.isJsonArray() ? value.getAsJsonArray().get(t) : value).getAsInt();
          }
        }
      }
    }
    Rows rows = new Rows(schema.fields(), size, ids, numbers);
    return new Batch(schema, rows, floats(label), new int[size]);
  }

  private static float[] floats(JsonArray values) {
    float[] array = new float[values.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = (float) values.get(i).getAsDouble();
    }
    return array;
  }

  /** The model's arguments under FuxiCTR's names, which are the names of our settings. */
  Settings settings() {
    Map<String, String> values = new LinkedHashMap<>();
    config
        .getAsJsonObject("model_args")
        .asMap()
        .forEach((key, v) -> values.put(key, v.isJsonPrimitive() ? v.getAsString() : v.toString()));
    values.put("net_dropout", config.get("net_dropout").getAsString());
    return new Settings(values);
  }

  double number(String key) {
    return config.get(key).getAsDouble();
  }

  /** |got - expected| / max(1, max |expected|) of an expected tensor is at most the limit. */
  void check(String key, float[] got, double limit) {
    StoredTensor tensor = expected.tensor(key);
    float[] want = tensor.floats();
    assertThat(got).as(key).hasSameSizeAs(want);
    double scale = 1;
    for (float w : want) {
      scale = Math.max(scale, Math.abs(w));
    }
    for (int i = 0; i < want.length; i++) {
      double error = Math.abs((double) got[i] - want[i]) / scale;
      assertThat(error)
          .as("%s[%d]: expected %s, found %s", key, i, want[i], got[i])
          .isLessThanOrEqualTo(limit);
    }
  }

  void check(String key, double got, double limit) {
    check(key, new float[] {(float) got}, limit);
  }
}

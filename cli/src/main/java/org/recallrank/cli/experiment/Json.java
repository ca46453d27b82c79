package org.recallrank.cli.experiment;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.Map;
import org.recallrank.training.metrics.Metrics;
import org.recallrank.training.metrics.SessionMetrics;

/** Numbers to and from JSON, which has no NaN. */
public final class Json {
  private Json() {}

  /** null for what is undefined. */
  public static JsonElement number(double value) {
    return Double.isFinite(value) ? new JsonPrimitive(value) : JsonNull.INSTANCE;
  }

  /** The text of a file. */
  public static String pretty(JsonElement json) {
    return new GsonBuilder().setPrettyPrinting().serializeNulls().create().toJson(json) + "\n";
  }

  /** Metrics by row and by user. */
  public static JsonObject of(Metrics m) {
    JsonObject json = new JsonObject();
    json.add("auc", number(m.auc()));
    json.add("gauc", number(m.gauc()));
    json.add("logloss", number(m.logloss()));
    json.addProperty("gaucUsers", m.gaucGroups());
    json.addProperty("gaucRows", m.gaucRows());
    return json;
  }

  /** Metrics by session, which say whose definition they have. */
  public static JsonObject of(SessionMetrics m) {
    JsonObject json = new JsonObject();
    json.addProperty("definition", "CIM: by session; sessions of one class left out of both");
    json.add("auc", number(m.auc()));
    json.add("gauc", number(m.gauc()));
    json.addProperty("sessions", m.sessions());
    json.addProperty("rows", m.rows());
    return json;
  }

  /** An object of texts. */
  public static JsonObject object(Map<String, String> texts) {
    JsonObject json = new JsonObject();
    texts.forEach(json::addProperty);
    return json;
  }

  /** The number at a path such as {@code test.auc}; NaN where there is none. */
  public static double at(JsonObject json, String path) {
    JsonElement element = json;
    for (String name : path.split("\\.")) {
      element = element instanceof JsonObject o ? o.get(name) : null;
    }
    return element == null || element.isJsonNull() ? Double.NaN : element.getAsDouble();
  }

  /** The text of a property; empty where there is none. */
  public static String text(JsonObject json, String name) {
    JsonElement element = json.get(name);
    return element == null || element.isJsonNull() ? "" : element.getAsString();
  }

  static JsonArray array(int[] values, int from, int n) {
    JsonArray array = new JsonArray(n);
    for (int i = 0; i < n; i++) {
      array.add(values[from + i]);
    }
    return array;
  }
}

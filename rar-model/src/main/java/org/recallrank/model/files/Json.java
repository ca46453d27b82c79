package org.recallrank.model.files;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.Map;

/** Numbers and texts to and from JSON, which has no NaN. */
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
}

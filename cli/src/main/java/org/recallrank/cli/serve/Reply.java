package org.recallrank.cli.serve;

import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * An answer before it is sent.
 *
 * @param headers on top of the content type
 */
record Reply(int status, String contentType, byte[] body, Map<String, String> headers) {
  private static final String JSON = "application/json";

  static Reply text(String contentType, String text) {
    return new Reply(200, contentType, text.getBytes(StandardCharsets.UTF_8), Map.of());
  }

  static Reply json(int status, String json) {
    return new Reply(status, JSON, (json + "\n").getBytes(StandardCharsets.UTF_8), Map.of());
  }

  static Reply error(int status, String message) {
    JsonObject json = new JsonObject();
    json.addProperty("error", message);
    return json(status, json.toString());
  }

  Reply with(Map<String, String> more) {
    Map<String, String> all = new HashMap<>(headers);
    all.putAll(more);
    return new Reply(status, contentType, body, all);
  }
}

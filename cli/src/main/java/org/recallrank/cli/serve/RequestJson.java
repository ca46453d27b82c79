package org.recallrank.cli.serve;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.recallrank.model.config.Nearest;
import org.recallrank.model.schema.Field;
import org.recallrank.model.serve.Features;

/**
 * Reads a request from JSON, token by token: what is not expected is refused where it stands, so
 * that neither depth nor size of what is sent matters.
 *
 * <p>Serves one request, on one thread.
 */
final class RequestJson {
  private static final Pattern PLACE = Pattern.compile("at (line \\d+ column \\d+) path");
  private static final String SEPARATOR = "^"; // of the tokens of a sequence, as in a data file

  private final JsonReader reader;
  private final List<Field> fields;
  private final int mostItems;

  private RequestJson(String text, List<Field> fields, int mostItems) {
    reader = new JsonReader(new StringReader(text));
    reader.setStrictness(Strictness.STRICT);
    this.fields = fields;
    this.mostItems = mostItems;
  }

  /**
   * A request to score items.
   *
   * @param ranked whether it may say how many it wants
   * @param fields of the model
   * @throws RequestException saying what was expected, and where
   */
  static ScoreRequest scoring(String text, boolean ranked, List<Field> fields, int mostItems) {
    return parse(new RequestJson(text, fields, mostItems), json -> json.request(ranked));
  }

  /**
   * A request to reload: the folder that it names.
   *
   * @return null if it names none
   */
  static String reload(String text) {
    return text.isBlank()
        ? null
        : parse(new RequestJson(text, List.of(), 0), RequestJson::reloadedRun);
  }

  @FunctionalInterface
  private interface Part<T> {
    T read(RequestJson json) throws IOException;
  }

  private static <T> T parse(RequestJson json, Part<T> part) {
    try {
      T result = part.read(json);
      if (json.reader.peek() != JsonToken.END_DOCUMENT) {
        throw RequestException.badRequest("expected one JSON object, found more behind it");
      }
      return result;
    } catch (IOException e) { // of a text in memory: it is malformed
      Matcher place = PLACE.matcher(String.valueOf(e.getMessage()));
      throw RequestException.badRequest(
          "expected JSON, found something else" + (place.find() ? " at " + place.group(1) : ""));
    }
  }

  private String reloadedRun() throws IOException {
    String[] run = new String[1];
    object("request", List.of("run"), name -> run[0] = text("run"));
    return run[0];
  }

  private ScoreRequest request(boolean ranked) throws IOException {
    Features[] user = new Features[1];
    List<Features> items = new ArrayList<>();
    Map<String, String> context = new LinkedHashMap<>();
    int[] top = {Integer.MAX_VALUE};
    List<String> known =
        ranked ? List.of("user", "items", "context", "top") : List.of("user", "items", "context");
    Set<String> given =
        object(
            "request",
            known,
            name -> {
              switch (name) {
                case "user" -> user[0] = features("user", Field.Role.USER);
                case "items" -> items(items);
                case "context" -> values("context", Field.Role.CONTEXT, context);
                default -> top[0] = top();
              }
            });
    if (!given.contains("items")) {
      throw RequestException.badRequest("items: expected a list, found nothing");
    }
    if (user[0] == null) {
      if (fields.stream().anyMatch(field -> field.role() == Field.Role.USER)) {
        throw RequestException.badRequest("user: expected an id or an object, found nothing");
      }
      user[0] = Features.of(Map.of());
    }
    return new ScoreRequest(user[0], items, context, top[0]);
  }

  @FunctionalInterface
  private interface Property {
    void read(String name) throws IOException;
  }

  /**
   * Reads an object.
   *
   * @param known names of properties; null if others will judge them
   * @return the names that it has
   */
  private Set<String> object(String where, List<String> known, Property property)
      throws IOException {
    expect(JsonToken.BEGIN_OBJECT, where, "an object");
    Set<String> seen = new HashSet<>();
    reader.beginObject();
    while (reader.hasNext()) {
      String name = reader.nextName();
      if (known != null && !known.contains(name)) {
        throw RequestException.badRequest(
            where
                + ": there is no property \""
                + name
                + "\""
                + Nearest.hint(name, known)
                + "; expected "
                + known);
      }
      if (!seen.add(name)) {
        throw RequestException.badRequest(where + ": expected \"" + name + "\" once, found twice");
      }
      property.read(name);
    }
    reader.endObject();
    return seen;
  }

  private void items(List<Features> items) throws IOException {
    expect(JsonToken.BEGIN_ARRAY, "items", "a list");
    reader.beginArray();
    int found = 0;
    for (; reader.hasNext(); found++) {
      if (found < mostItems) {
        items.add(features("items[" + found + "]", Field.Role.ITEM));
      } else {
        reader.skipValue();
      }
    }
    reader.endArray();
    if (found > mostItems) {
      throw RequestException.badRequest(
          "items: expected at most " + mostItems + " (--max-candidates), found " + found);
    }
  }

  private Features features(String where, Field.Role role) throws IOException {
    if (reader.peek() != JsonToken.BEGIN_OBJECT) {
      return Features.of(text(where));
    }
    String[] id = new String[1];
    Map<String, String> values = new LinkedHashMap<>();
    object(
        where,
        List.of("id", "fields"),
        name -> {
          if (name.equals("id")) {
            id[0] = text(where + ".id");
          } else {
            values(where + ".fields", role, values);
          }
        });
    return new Features(id[0], values);
  }

  /** Names are judged by the ranker, which knows them all. */
  private void values(String where, Field.Role role, Map<String, String> values)
      throws IOException {
    object(where, null, name -> values.put(name, value(where + "." + name, field(name, role))));
  }

  private Field field(String name, Field.Role role) {
    return fields.stream()
        .filter(field -> field.name().equals(name) && field.role() == role)
        .findFirst()
        .orElse(null);
  }

  private String value(String where, Field field) throws IOException {
    return switch (reader.peek()) {
      case NULL -> {
        reader.nextNull();
        yield "";
      }
      case BEGIN_ARRAY -> tokens(where, field);
      case STRING, NUMBER -> reader.nextString();
      default -> throw unexpected(where, "a string, a number, a list of strings or null");
    };
  }

  private String tokens(String where, Field field) throws IOException {
    if (field != null && field.type() != Field.Type.SEQUENCE) {
      throw unexpected(where, "one value, as the field is no sequence");
    }
    List<String> tokens = new ArrayList<>();
    reader.beginArray();
    while (reader.hasNext()) {
      String token = text(where + "[" + tokens.size() + "]");
      if (token.contains(SEPARATOR)) {
        throw RequestException.badRequest(
            where + ": expected tokens without " + SEPARATOR + ", found \"" + token + "\"");
      }
      tokens.add(token);
    }
    reader.endArray();
    return String.join(SEPARATOR, tokens);
  }

  /** A string, or a number as it is written. */
  private String text(String where) throws IOException {
    if (reader.peek() != JsonToken.STRING && reader.peek() != JsonToken.NUMBER) {
      throw unexpected(where, "a string or a number");
    }
    return reader.nextString();
  }

  private int top() throws IOException {
    expect(JsonToken.NUMBER, "top", "a whole number from 1");
    String text = reader.nextString();
    try {
      int top = Integer.parseInt(text);
      if (top > 0) {
        return top;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw RequestException.badRequest("top: expected a whole number from 1, found " + text);
  }

  private void expect(JsonToken token, String where, String what) throws IOException {
    if (reader.peek() != token) {
      throw unexpected(where, what);
    }
  }

  private RequestException unexpected(String where, String expected) throws IOException {
    String found =
        switch (reader.peek()) {
          case BEGIN_OBJECT -> "an object";
          case BEGIN_ARRAY -> "a list";
          case STRING -> "a string";
          case NUMBER -> "the number " + reader.nextString();
          case BOOLEAN -> String.valueOf(reader.nextBoolean());
          case NULL -> "null";
          default -> "nothing";
        };
    return RequestException.badRequest(where + ": expected " + expected + ", found " + found);
  }
}

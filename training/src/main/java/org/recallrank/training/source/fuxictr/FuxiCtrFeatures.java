package org.recallrank.training.source.fuxictr;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.recallrank.model.files.TextFile;
import org.recallrank.model.io.DataException;
import org.recallrank.model.schema.Column;
import org.recallrank.model.schema.Columns;
import org.recallrank.model.schema.Encoding;
import org.recallrank.model.schema.Field;
import org.recallrank.model.schema.Vocabulary;
import org.recallrank.training.source.csv.CsvLayout;

/**
 * The encoding of a data set that FuxiCTR 2.x has prepared, read from its {@code feature_map.json}
 * (fields in order, types, table sizes) and {@code feature_vocab.json} (the row of each token).
 *
 * <p>What FuxiCTR keeps in its pickle only is not known here: normalisers of numbers, separators
 * other than {@code ^}, and functions that change raw values. New data must have gone through them.
 *
 * @param label the column of the clicks, or null if the file names none or several
 */
public record FuxiCtrFeatures(Encoding encoding, String label) {
  private static final Map<String, Field.Pooling> POOLINGS =
      Map.of(
          "layers.MaskedAveragePooling()", Field.Pooling.MEAN,
          "layers.MaskedSumPooling()", Field.Pooling.SUM);

  /** Properties of a field that stand for layers or encoders which no model here has. */
  private static final List<String> UNSUPPORTED = List.of("category_processor", "pretrained_emb");

  /**
   * Reads the two files.
   *
   * @param layout says which fields are the user's and the item's, and nothing else
   * @throws DataException if a file is damaged, they do not belong together, or a field is of a
   *     kind that no model here has
   */
  public static FuxiCtrFeatures read(Path featureMap, Path featureVocab, CsvLayout layout) {
    Map<String, JsonObject> features = new LinkedHashMap<>();
    String label = readMap(featureMap, features);
    Columns columns = columns(featureMap, features, layout);
    Map<String, FuxiCtrVocabulary> read = FuxiCtrVocabulary.readAll(featureVocab);
    List<Vocabulary> own = new ArrayList<>();
    for (int c = 0; c < columns.size(); c++) {
      own.add(vocabulary(featureVocab, columns, c, features, read));
    }
    try {
      return new FuxiCtrFeatures(Encoding.of(columns, own), label);
    } catch (IllegalArgumentException e) {
      throw new DataException(featureMap + ": " + e.getMessage(), e);
    }
  }

  /** Fills {@code features}; returns the label. */
  private static String readMap(Path file, Map<String, JsonObject> features) {
    try (Reader reader = TextFile.open(file, StandardCharsets.UTF_8)) {
      JsonObject json = JsonParser.parseReader(reader).getAsJsonObject();
      for (JsonElement entry : json.getAsJsonArray("features")) {
        for (Map.Entry<String, JsonElement> feature : entry.getAsJsonObject().entrySet()) {
          JsonObject properties = feature.getValue().getAsJsonObject();
          if (!text(properties, "type").equals("meta")) { // read by FuxiCTR, seen by no model
            features.put(feature.getKey(), properties);
          }
        }
      }
      JsonElement labels = json.get("labels");
      return labels != null && labels.getAsJsonArray().size() == 1
          ? labels.getAsJsonArray().get(0).getAsString()
          : null;
    } catch (IOException e) {
      throw TextFile.failure(file, 0, StandardCharsets.UTF_8, e);
    } catch (JsonParseException
        | IllegalStateException
        | NullPointerException
        | ClassCastException
        | UnsupportedOperationException e) {
      // Gson's tree answers with these to a property that is missing or of another type.
      throw new DataException(
          file
              + ": expected FuxiCTR's feature_map.json with {\"features\": [{NAME: {\"type\": ..}},"
              + " ..]}, found something else: "
              + e.getMessage(),
          e);
    }
  }

  private static Columns columns(Path file, Map<String, JsonObject> features, CsvLayout layout) {
    Map<String, Field.Role> roles = layout.roles();
    List<String> names = new ArrayList<>(features.keySet()); // may be asked for null
    for (String name : roles.keySet()) {
      if (!names.contains(name)) {
        throw new DataException(file + ": there is no field " + name + "; known: " + names);
      }
    }
    List<Column> columns = new ArrayList<>();
    try {
      features.forEach(
          (name, properties) ->
              columns.add(column(name, properties, roles.getOrDefault(name, Field.Role.CONTEXT))));
      return new Columns(columns, names.indexOf(layout.user()), names.indexOf(layout.item()));
    } catch (IllegalArgumentException
        | IllegalStateException
        | ClassCastException
        | UnsupportedOperationException e) {
      throw new DataException(file + ": " + e.getMessage(), e);
    }
  }

  private static Column column(String name, JsonObject properties, Field.Role role) {
    for (String unsupported : UNSUPPORTED) {
      if (properties.has(unsupported)) {
        throw unsupported(name, unsupported, text(properties, unsupported));
      }
    }
    String type = text(properties, "type");
    String encoder = text(properties, "feature_encoder");
    String shared = text(properties, "share_embedding");
    shared = shared.isEmpty() ? null : shared;
    if (properties.has("padding_idx") && properties.get("padding_idx").getAsInt() != 0) {
      throw unsupported(name, "padding_idx", text(properties, "padding_idx"));
    }
    if (type.equals("sequence")) {
      if (!POOLINGS.containsKey(encoder)) {
        throw unsupported(name, "feature_encoder", encoder.isEmpty() ? "none" : encoder);
      }
      int maxLength = properties.has("max_len") ? properties.get("max_len").getAsInt() : 0;
      return new Column(name, Field.Type.SEQUENCE, role, maxLength, POOLINGS.get(encoder), shared);
    }
    if (!encoder.isEmpty()) {
      throw unsupported(name, "feature_encoder", encoder);
    }
    return switch (type) {
      case "numeric" -> Column.numeric(name, role);
      case "categorical" ->
          new Column(name, Field.Type.CATEGORICAL, role, 1, Field.Pooling.MEAN, shared);
      default -> throw unsupported(name, "type", type);
    };
  }

  private static IllegalArgumentException unsupported(String name, String key, String found) {
    return new IllegalArgumentException(
        "field "
            + name
            + " has "
            + key
            + " "
            + found
            + "; supported are categorical, sequence and numeric fields with padding_idx 0, without"
            + " pretrained_emb and category_processor; feature_encoder of a sequence is one of "
            + POOLINGS.keySet().stream().sorted().toList());
  }

  /** The vocabulary of a column, null for a numeric one and one that shares another's. */
  private static Vocabulary vocabulary(
      Path file,
      Columns columns,
      int c,
      Map<String, JsonObject> features,
      Map<String, FuxiCtrVocabulary> read) {
    Column column = columns.get(c);
    if (column.type() == Field.Type.NUMERIC) {
      return null;
    }
    FuxiCtrVocabulary found = read.get(column.name());
    if (found == null) {
      throw new DataException(
          file + ": expected a vocabulary of field " + column.name() + ", found " + read.keySet());
    }
    String size = text(features.get(column.name()), "vocab_size");
    if (!size.equals(Integer.toString(found.size()))) {
      throw new DataException(
          file
              + ": field "
              + column.name()
              + ": expected "
              + (size.isEmpty() ? "no" : size)
              + " rows as vocab_size in the feature map says, found "
              + found.size()
              + "; do the two files belong together?");
    }
    int owner = columns.vocabularyOf(c);
    if (owner == c) {
      try {
        return found.vocabulary();
      } catch (IllegalArgumentException e) {
        throw new DataException(file + ": field " + column.name() + ": " + e.getMessage(), e);
      }
    }
    if (!found.equals(read.get(columns.get(owner).name()))) {
      throw new DataException(
          file
              + ": field "
              + column.name()
              + " shares the table of "
              + columns.get(owner).name()
              + ", so its tokens should be the same; they differ");
    }
    return null;
  }

  private static String text(JsonObject properties, String key) {
    JsonElement value = properties.get(key);
    if (value == null || value.isJsonNull()) {
      return "";
    }
    return value.isJsonPrimitive() ? value.getAsString() : value.toString();
  }
}

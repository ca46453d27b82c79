package org.recallrank.training.source.fuxictr;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.MalformedJsonException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.eclipse.collections.impl.map.mutable.primitive.ObjectIntHashMap;
import org.recallrank.model.files.TextFile;
import org.recallrank.model.io.DataException;
import org.recallrank.model.schema.Vocabulary;

/**
 * A field's tokens in FuxiCTR's {@code feature_vocab.json}: {@code {FIELD: {"__PAD__": 0, TOKEN:
 * ROW, .., "__OOV__": LAST ROW}, ..}}.
 *
 * @param rows of the tokens, without the two above
 * @param size rows of the table
 */
record FuxiCtrVocabulary(ObjectIntHashMap<String> rows, int size) {
  private static final String PADDING = "__PAD__";
  private static final String OUT_OF_VOCABULARY = "__OOV__";

  /**
   * Reads all fields of a file.
   *
   * @throws DataException if it is not as above
   */
  static Map<String, FuxiCtrVocabulary> readAll(Path file) {
    Map<String, FuxiCtrVocabulary> all = new LinkedHashMap<>();
    try (JsonReader json = new JsonReader(TextFile.open(file, StandardCharsets.UTF_8))) {
      json.beginObject();
      while (json.hasNext()) {
        String field = json.nextName();
        try {
          all.put(field, read(json));
        } catch (IllegalArgumentException e) {
          throw new DataException(file + ": field " + field + ": " + e.getMessage(), e);
        }
      }
      json.endObject();
      return all;
    } catch (MalformedJsonException | EOFException | IllegalStateException e) {
      throw new DataException(
          file
              + ": expected FuxiCTR's feature_vocab.json with {FIELD: {TOKEN: ROW, ..}, ..}, found"
              + " something else: "
              + e.getMessage(),
          e);
    } catch (IOException e) {
      throw TextFile.failure(file, 0, StandardCharsets.UTF_8, e);
    }
  }

  private static FuxiCtrVocabulary read(JsonReader json) throws IOException {
    ObjectIntHashMap<String> rows = new ObjectIntHashMap<>();
    int largest = 0;
    int last = -1;
    json.beginObject();
    while (json.hasNext()) {
      String token = json.nextName();
      int row = json.nextInt();
      if (token.equals(OUT_OF_VOCABULARY)) {
        last = row;
      } else if (token.equals(PADDING) ? row != 0 : row < 0 || token.isEmpty()) {
        throw wrong(
            "token '%s' has row %d; expected rows from 0 on, 0 for %s", token, row, PADDING);
      } else if (!token.equals(PADDING)) {
        rows.put(token, row);
        largest = Math.max(largest, row);
      }
    }
    json.endObject();
    if (last != largest + 1) {
      throw wrong(
          "expected %s in the row behind all tokens, %d, as FuxiCTR 2.x has it without pretrained"
              + " embeddings, found %s",
          OUT_OF_VOCABULARY, largest + 1, last < 0 ? "none" : "row " + last);
    }
    return new FuxiCtrVocabulary(rows, last + 1);
  }

  /**
   * The vocabulary with these rows.
   *
   * @throws IllegalArgumentException if there are two tokens of one row
   */
  Vocabulary vocabulary() {
    String[] tokens = new String[size - 1]; // by row, without the last
    Arrays.fill(tokens, "");
    rows.forEachKeyValue(
        (token, row) -> {
          if (!tokens[row].isEmpty()) {
            throw wrong(
                "expected one token of row %d, found '%s' and '%s'", row, tokens[row], token);
          }
          tokens[row] = token;
        });
    return Vocabulary.of(
        Arrays.asList(tokens).subList(1, tokens.length), tokens[0].isEmpty() ? null : tokens[0]);
  }

  private static IllegalArgumentException wrong(String message, Object... arguments) {
    return new IllegalArgumentException(message.formatted(arguments));
  }
}

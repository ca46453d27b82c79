package org.recallrank.model.schema;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.recallrank.model.files.AtomicFile;
import org.recallrank.model.files.TextFile;
import org.recallrank.model.io.DataException;

/**
 * Tokens and their table rows (FuxiCTR 2.x): row 0 is padding, rows 1 to n the tokens by falling
 * number of occurrences (equally frequent ones in the order in which they were first seen), row n +
 * 1 stands for every other token.
 *
 * <p>An empty or missing token is never an entry. A vocabulary of FuxiCTR's whose tokens are the
 * rows (its {@code remap: false}) may have rows from 1 to n without a token, and a token for row 0.
 */
public final class Vocabulary {
  /** The row of positions without a token. */
  public static final int PADDING = 0;

  private final List<String> tokens;
  private final String paddingToken;
  private final Map<String, Integer> rows;

  /**
   * @param tokens of the rows from 1 on, empty for a row without one
   * @param paddingToken of row 0, or null
   */
  private Vocabulary(List<String> tokens, String paddingToken) {
    this.tokens = List.copyOf(tokens);
    this.paddingToken = paddingToken;
    rows = HashMap.newHashMap(tokens.size());
    for (int t = 0; t < tokens.size(); t++) {
      if (!tokens.get(t).isEmpty()) {
        rows.put(tokens.get(t), t + 1);
      }
    }
    if (paddingToken != null) {
      rows.put(paddingToken, PADDING);
    }
  }

  /**
   * A vocabulary that was made elsewhere.
   *
   * @param tokens of the rows from 1 on, empty for a row without one; each stands for one row only
   * @param paddingToken of row 0, or null
   */
  public static Vocabulary of(List<String> tokens, String paddingToken) {
    return new Vocabulary(tokens, paddingToken);
  }

  private boolean hasDistinctTokens() {
    long entries = tokens.stream().filter(token -> !token.isEmpty()).count();
    return rows.size() == entries + (paddingToken == null ? 0 : 1);
  }

  /** Rows of the table: n tokens + 2. */
  public int size() {
    return tokens.size() + 2;
  }

  /** The row of tokens that are not in the vocabulary: the last one. */
  public int outOfVocabulary() {
    return tokens.size() + 1;
  }

  /** The row of a token; {@link #outOfVocabulary} for others, and for null and the empty one. */
  public int row(String token) {
    return rows.getOrDefault(token, outOfVocabulary());
  }

  /** The token of a row from 1 to n; empty if it has none. */
  public String token(int row) {
    if (row < 1 || row > tokens.size()) {
      throw new IllegalArgumentException(
          "row " + row + " has no token; expected 1 to " + tokens.size());
    }
    return tokens.get(row - 1);
  }

  /**
   * Writes one token per line in the order of the rows, first that of row 0 if it has one;
   * backslash and line ends are escaped.
   */
  public void write(Path file) {
    AtomicFile.write(
        file,
        out -> {
          Writer writer = new OutputStreamWriter(out, StandardCharsets.UTF_8);
          if (paddingToken != null) {
            writer.write(escape(paddingToken));
            writer.write('\n');
          }
          for (String token : tokens) {
            writer.write(escape(token));
            writer.write('\n');
          }
          writer.flush();
        });
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @param size the {@link #size} it must have
   */
  public static Vocabulary read(Path file, int size) {
    List<String> tokens = new ArrayList<>();
    try (BufferedReader reader = Files.newBufferedReader(file)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        tokens.add(unescape(line));
      }
    } catch (IOException e) {
      throw TextFile.failure(file, tokens.size(), StandardCharsets.UTF_8, e);
    }
    int lines = tokens.size();
    String paddingToken = lines == size - 1 ? tokens.removeFirst() : null;
    Vocabulary vocabulary = new Vocabulary(tokens, paddingToken);
    if (vocabulary.size() != size || !vocabulary.hasDistinctTokens()) {
      throw new DataException(
          file
              + ": expected "
              + (size - 2)
              + " different tokens, found "
              + vocabulary.rows.size()
              + " on "
              + lines
              + " lines");
    }
    return vocabulary;
  }

  private static String escape(String token) {
    return token.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
  }

  private static String unescape(String line) {
    if (line.indexOf('\\') < 0) {
      return line;
    }
    StringBuilder token = new StringBuilder();
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '\\' && i + 1 < line.length()) {
        char escaped = line.charAt(++i);
        c = escaped == 'n' ? '\n' : escaped == 'r' ? '\r' : escaped;
      }
      token.append(c);
    }
    return token.toString();
  }
}

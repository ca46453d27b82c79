package org.recallrank.model.schema;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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
 *
 * <p>A token is the same as another if its UTF-8 form is. Immutable: threads may share it. Looking
 * up a token of plain ASCII allocates nothing.
 */
public final class Vocabulary {
  /** The row of positions without a token. */
  public static final int PADDING = 0;

  /** In a heap array or a mapped file; an array has no more elements. */
  private static final int MAX_BYTES = Integer.MAX_VALUE - 8;

  private final TokenIndex index;

  /** Of the first line: 0 if there is a padding token. */
  private final int firstRow;

  private Vocabulary(TokenIndex index, boolean paddingToken) {
    this.index = index;
    firstRow = paddingToken ? PADDING : PADDING + 1;
  }

  /**
   * A vocabulary that was made elsewhere.
   *
   * @param tokens of the rows from 1 on, empty for a row without one; each stands for one row only
   * @param paddingToken of row 0, or null
   * @throws IllegalArgumentException if a token stands for two rows
   * @throws DataException if they are longer than 2 GiB in all
   */
  public static Vocabulary of(List<String> tokens, String paddingToken) {
    List<String> lines = new ArrayList<>(tokens.size() + 1);
    if (paddingToken != null) {
      lines.add(line(paddingToken));
    }
    tokens.forEach(token -> lines.add(line(token)));
    long size = lines.stream().mapToLong(line -> line.length() + 1).sum();
    if (size > MAX_BYTES) {
      throw new DataException(
          "the tokens of a field are " + size + " bytes long; expected at most " + MAX_BYTES);
    }
    byte[] text = new byte[(int) size];
    int end = 0;
    for (String line : lines) {
      byte[] bytes = line.getBytes(StandardCharsets.ISO_8859_1);
      System.arraycopy(bytes, 0, text, end, bytes.length);
      end += bytes.length;
      text[end++] = '\n';
    }
    TokenIndex index = TokenIndex.of(ByteBuffer.wrap(text), lines.size());
    if (index == null) {
      Set<String> seen = new HashSet<>();
      lines.removeIf(line -> line.isEmpty() || seen.add(line));
      throw new IllegalArgumentException(
          "expected different tokens, found '" + lines.getFirst() + "' twice");
    }
    return new Vocabulary(index, paddingToken != null);
  }

  /** Rows of the table: n tokens + 2. */
  public int size() {
    return index.lines() + firstRow + 1;
  }

  /** The row of tokens that are not in the vocabulary: the last one. */
  public int outOfVocabulary() {
    return size() - 1;
  }

  /** The row of a token; {@link #outOfVocabulary} for others, and for null and the empty one. */
  public int row(String token) {
    if (token == null || token.isEmpty()) {
      return outOfVocabulary();
    }
    int line = index.find(index.plain() ? token : line(token));
    return line < 0 ? outOfVocabulary() : line + firstRow;
  }

  /** The token of a row from 1 to n; empty if it has none. */
  public String token(int row) {
    if (row < 1 || row >= outOfVocabulary()) {
      throw new IllegalArgumentException(
          "row " + row + " has no token; expected 1 to " + (outOfVocabulary() - 1));
    }
    return unescape(new String(index.bytes(row - firstRow), StandardCharsets.UTF_8));
  }

  /**
   * Writes one token per line in the order of the rows, first that of row 0 if it has one;
   * backslash and line ends are escaped.
   */
  public void write(Path file) {
    AtomicFile.write(file, index::writeTo);
  }

  /**
   * Maps what {@link #write} wrote; the file must then stay as it is, but may be replaced or
   * deleted. Lines that end in another way are read as well.
   *
   * @param size the {@link #size} it must have
   * @throws DataException if the file cannot be read, is longer than 2 GiB, is no UTF-8, or does
   *     not have as many lines, each with another token
   */
  public static Vocabulary read(Path file, int size) {
    TokenIndex index = null;
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long bytes = channel.size();
      if (bytes > MAX_BYTES) {
        throw new DataException(
            file + ": expected at most " + MAX_BYTES + " bytes of tokens, found " + bytes);
      }
      if (size - 2 <= bytes) { // before anything of this size is made
        // By a segment: mapped as a buffer at once, a JVM that starts loads much more.
        MemorySegment text = channel.map(MapMode.READ_ONLY, 0, bytes, Arena.ofAuto());
        index = TokenIndex.of(text.asByteBuffer(), size - 1);
      }
    } catch (IOException e) {
      throw DataException.reading(file, e);
    }
    return index != null && index.lines() >= size - 2
        ? new Vocabulary(index, index.lines() == size - 1)
        : readLines(file, size);
  }

  /** Reads a file that is not quite what {@link #write} wrote, or tells what is wrong with it. */
  private static Vocabulary readLines(Path file, int size) {
    List<String> tokens = new ArrayList<>();
    try (BufferedReader reader = Files.newBufferedReader(file)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        tokens.add(unescape(line));
      }
    } catch (IOException e) {
      throw TextFile.failure(file, tokens.size(), StandardCharsets.UTF_8, e);
    }
    int lines = tokens.size();
    long entries = tokens.stream().filter(token -> !token.isEmpty()).count();
    long different = tokens.stream().filter(token -> !token.isEmpty()).distinct().count();
    if (lines < size - 2 || lines > size - 1 || different < entries) {
      throw new DataException(
          file
              + ": expected "
              + (size - 2)
              + " different tokens, found "
              + different
              + " on "
              + lines
              + " lines");
    }
    String paddingToken = lines == size - 1 ? tokens.removeFirst() : null;
    return of(tokens, paddingToken);
  }

  /** The line of a token: its escaped UTF-8 form, one char a byte. */
  private static String line(String token) {
    for (int i = 0; i < token.length(); i++) {
      char c = token.charAt(i);
      if (c >= 0x80 || c == '\\' || c == '\n' || c == '\r') {
        byte[] bytes = escape(token).getBytes(StandardCharsets.UTF_8);
        return new String(bytes, StandardCharsets.ISO_8859_1);
      }
    }
    return token;
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

package org.recallrank.training.source.kkbox;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;
import org.recallrank.model.files.TextFile;
import org.recallrank.model.io.DataException;
import org.recallrank.training.source.BadRowLog;
import org.recallrank.training.source.Malformed;
import org.recallrank.training.source.Records;

/**
 * One of KKBox' files: UTF-8 text with a header line and commas, whose quotes cannot be trusted.
 *
 * <p>A value may be quoted as in RFC 4180, and may then hold commas, doubled quotes and line ends.
 * But names of artists and songs also hold stray quotes ({@code "Weird Al" Yankovic}), which to a
 * strict parser open a value that goes on for thousands of lines. So a quote closes a value only at
 * a comma or the end, and a record ends at the latest where the next line begins with an id (44
 * characters of base64). A record that does not come out with the columns of the header is cut at
 * its commas, quotes being text; what has the wrong number of columns even then is malformed.
 */
final class KkBoxFile implements Records {
  /** How far a value may go on; more is a stray quote. */
  private static final int MAX_LINES = 20;

  private static final int ID_LENGTH = 44;
  private static final char QUOTE = '"';

  private final Path file;
  private final BufferedReader reader;
  private final List<String> header;
  private final int[] positions;
  private final Predicate<String> wanted;

  /** Lines that were read ahead. */
  private final Deque<String> ahead = new ArrayDeque<>();

  private List<String> values;
  private long line;
  private long nextLine = 1;

  /**
   * Opens a file and reads its header.
   *
   * @param columns those that {@link #get} counts; the file may have more, in any order
   * @param wanted tested with a record's value in the first of the columns; those that fail are
   *     passed over, even malformed ones
   * @throws DataException if the file is missing or empty or lacks a column
   */
  KkBoxFile(Path file, List<String> columns, Predicate<String> wanted) {
    this.file = file;
    this.wanted = wanted;
    try {
      reader = new BufferedReader(TextFile.open(file, StandardCharsets.UTF_8), 1 << 16);
    } catch (IOException e) {
      throw DataException.reading(file, e);
    }
    try {
      String first = take();
      if (first == null) {
        throw new DataException(file + ": expected a header line, found an empty file");
      }
      header = cutAtCommas(first);
      positions = columns.stream().mapToInt(this::indexOf).toArray();
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private int indexOf(String column) {
    int index = header.indexOf(column);
    if (index < 0) {
      throw new DataException(
          file + ": there is no column " + column + "; the header has " + header);
    }
    return index;
  }

  @Override
  public boolean next(BadRowLog log) {
    for (line = nextLine; ; line = nextLine) {
      String text = take();
      if (text == null) {
        return false;
      }
      if (text.isEmpty()) {
        continue;
      }
      values = cut(text);
      if (!wanted.test(positions[0] < values.size() ? values.get(positions[0]) : "")) {
        continue;
      }
      if (values.size() == header.size()) {
        return true;
      }
      log.add(
          file,
          Malformed.row(
              file,
              line,
              "expected "
                  + header.size()
                  + " columns as in the header, found "
                  + values.size()
                  + " in "
                  + Malformed.quote(text)));
    }
  }

  /** The values of the record that begins with this line. */
  private List<String> cut(String first) {
    if (first.indexOf(QUOTE) < 0) {
      return cutAtCommas(first);
    }
    List<String> lines = new ArrayList<>(List.of(first));
    List<String> quoted = cutQuoted(first);
    while (quoted == null && lines.size() < MAX_LINES) {
      String more = take();
      if (more == null) {
        break;
      }
      lines.add(more);
      if (beginsWithId(more)) {
        break;
      }
      quoted = cutQuoted(String.join("\n", lines));
    }
    if (quoted != null && quoted.size() == header.size()) {
      return quoted;
    }
    for (int i = lines.size() - 1; i > 0; i--) {
      ahead.addFirst(lines.get(i));
      nextLine--;
    }
    List<String> plain = cutAtCommas(first);
    return quoted == null || plain.size() == header.size() ? plain : quoted;
  }

  /** The values of a record, quotes understood, or null if a quoted value does not end. */
  private static List<String> cutQuoted(String record) {
    List<String> values = new ArrayList<>();
    for (int begin = 0; begin <= record.length(); ) {
      int end;
      if (begin < record.length() && record.charAt(begin) == QUOTE) {
        end = closingQuote(record, begin + 1);
        if (end < 0) {
          return null;
        }
        values.add(record.substring(begin + 1, end++).replace("\"\"", "\""));
      } else {
        int comma = record.indexOf(',', begin);
        end = comma < 0 ? record.length() : comma;
        values.add(record.substring(begin, end));
      }
      begin = end + 1;
    }
    return values;
  }

  /** The first quote from here on that is not doubled and stands before a comma or the end. */
  private static int closingQuote(String record, int from) {
    for (int i = from; i < record.length(); i++) {
      if (record.charAt(i) == QUOTE) {
        if (i + 1 == record.length() || record.charAt(i + 1) == ',') {
          return i;
        }
        if (record.charAt(i + 1) == QUOTE) {
          i++;
        }
      }
    }
    return -1;
  }

  private static List<String> cutAtCommas(String text) {
    List<String> values = new ArrayList<>();
    for (int begin = 0; begin <= text.length(); ) {
      int comma = text.indexOf(',', begin);
      int end = comma < 0 ? text.length() : comma;
      values.add(text.substring(begin, end));
      begin = end + 1;
    }
    return values;
  }

  private static boolean beginsWithId(String text) {
    if (text.indexOf(',') != ID_LENGTH) {
      return false;
    }
    for (int i = 0; i < ID_LENGTH; i++) {
      char c = text.charAt(i);
      boolean base64 =
          c >= 'A' && c <= 'Z'
              || c >= 'a' && c <= 'z'
              || c >= '0' && c <= '9'
              || c == '+'
              || c == '/'
              || c == '=';
      if (!base64) {
        return false;
      }
    }
    return true;
  }

  /** The next line without its end, or null. */
  private String take() {
    try {
      String text = ahead.isEmpty() ? reader.readLine() : ahead.removeFirst();
      if (text != null) {
        nextLine++;
      }
      return text;
    } catch (IOException e) {
      throw TextFile.failure(file, nextLine - 1, StandardCharsets.UTF_8, e);
    }
  }

  @Override
  public String get(int column) {
    return values.get(positions[column]);
  }

  @Override
  public long line() {
    return line;
  }

  @Override
  public Path file() {
    return file;
  }

  @Override
  public void close() {
    try {
      reader.close();
    } catch (IOException e) {
      throw DataException.reading(file, e);
    }
  }
}

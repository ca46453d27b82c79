package org.recallrank.training.source;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.recallrank.model.files.TextFile;
import org.recallrank.model.io.DataException;

/**
 * Lines without header or quotes, cut at a delimiter such as {@code ::}; empty lines do not count.
 */
public final class DelimitedFile implements Records {
  private final Path file;
  private final Charset charset;
  private final String delimiter;
  private final List<String> columns;
  private final int free;
  private final BufferedReader reader;
  private final List<String> fields = new ArrayList<>();
  private long line;

  /**
   * Opens a file.
   *
   * @param columns what each line holds
   * @param free the column that may hold the delimiter itself, or -1
   */
  public DelimitedFile(
      Path file, Charset charset, String delimiter, List<String> columns, int free) {
    this.file = file;
    this.charset = charset;
    this.delimiter = delimiter;
    this.columns = columns;
    this.free = free;
    try {
      reader = new BufferedReader(TextFile.open(file, charset));
    } catch (IOException e) {
      throw DataException.reading(file, e);
    }
  }

  @Override
  public boolean next(BadRowLog log) {
    for (String text = readLine(); text != null; text = readLine()) {
      line++;
      if (!text.isEmpty()) {
        if (cut(text)) {
          return true;
        }
        log.add(file, wrongLine(text));
      }
    }
    if (line == 0) {
      throw new DataException(
          file + ": expected lines " + String.join(delimiter, columns) + ", found an empty file");
    }
    return false;
  }

  private String readLine() {
    try {
      return reader.readLine();
    } catch (IOException e) {
      throw TextFile.failure(file, line, charset, e);
    }
  }

  /** Whether the line could be cut into the columns. */
  private boolean cut(String text) {
    fields.clear();
    for (int begin = 0; begin <= text.length(); ) {
      int at = text.indexOf(delimiter, begin);
      int end = fields.size() == free ? endOfFree(text, begin) : at < 0 ? text.length() : at;
      if (end < begin) {
        return false;
      }
      fields.add(text.substring(begin, end));
      begin = end == text.length() ? end + 1 : end + delimiter.length();
    }
    return fields.size() == columns.size();
  }

  /**
   * Where the free column ends: as many delimiters before the end as there are columns after it.
   */
  private int endOfFree(String text, int begin) {
    int end = text.length();
    for (int after = columns.size() - 1; after > free && end >= begin; after--) {
      end = text.lastIndexOf(delimiter, end - 1);
    }
    return end;
  }

  private DataException wrongLine(String text) {
    return Malformed.row(
        file,
        line,
        "expected "
            + columns.size()
            + " columns "
            + String.join(delimiter, columns)
            + ", found "
            + Malformed.quote(text));
  }

  @Override
  public String get(int column) {
    return fields.get(column);
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

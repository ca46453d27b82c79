package org.recallrank.training.source.csv;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.recallrank.model.files.TextFile;
import org.recallrank.model.io.DataException;
import org.recallrank.training.source.BadRowLog;
import org.recallrank.training.source.Malformed;
import org.recallrank.training.source.Records;

/**
 * A CSV file with a header line (RFC 4180, UTF-8 with or without byte order mark), read row by row.
 * Lines that are wholly empty are left out.
 */
public final class CsvFile implements Records {
  private final Path file;
  private final CsvReader<CsvRecord> reader;
  private final Iterator<CsvRecord> records;
  private final List<String> header;
  private CsvRecord current;
  private long line;

  private CsvFile(Path file, CsvReader<CsvRecord> reader) {
    this.file = file;
    this.reader = reader;
    records = reader.iterator();
    current = nextRecord();
    if (current == null) {
      throw new DataException(file + ": expected a header line, found an empty file");
    }
    header = List.copyOf(current.getFields());
    Set<String> names = new HashSet<>();
    for (String name : header) {
      if (!names.add(name)) {
        throw Malformed.row(file, line, "the header names column " + name + " twice");
      }
    }
  }

  /**
   * Opens a file and reads its header.
   *
   * @throws DataException if the file is missing or empty, or a name stands twice in the header
   */
  public static CsvFile open(Path file) {
    CsvReader<CsvRecord> reader = null;
    try {
      reader =
          CsvReader.builder()
              // Counted here, where a row may also be skipped.
              .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
              .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
              .allowUnclosedQuote(false)
              .ofCsvRecord(TextFile.open(file, StandardCharsets.UTF_8));
      return new CsvFile(file, reader);
    } catch (IOException e) {
      throw DataException.reading(file, e);
    } catch (DataException e) {
      closeQuietly(reader, e);
      throw e;
    }
  }

  private static void closeQuietly(CsvReader<CsvRecord> reader, DataException reason) {
    try {
      reader.close();
    } catch (IOException e) {
      reason.addSuppressed(e);
    }
  }

  @Override
  public Path file() {
    return file;
  }

  /** The names of the columns, in the order of the file. */
  public List<String> header() {
    return header;
  }

  /**
   * The position of a column.
   *
   * @throws DataException with the columns that there are if it is not among them
   */
  public int indexOf(String column) {
    int index = header.indexOf(column);
    if (index < 0) {
      throw new DataException(
          file + ": there is no column " + column + "; the header has " + header);
    }
    return index;
  }

  /** Opens a file whose first columns are known by their order. */
  public static CsvFile open(Path file, List<String> columns) {
    CsvFile csv = open(file);
    if (csv.header.size() < columns.size()) {
      csv.close();
      throw new DataException(
          file + ": expected the columns " + columns + ", the header has " + csv.header);
    }
    return csv;
  }

  @Override
  public boolean next(BadRowLog log) {
    while ((current = nextRecord()) != null) {
      int columns = current.getFieldCount();
      if (columns == header.size()) {
        return true;
      }
      log.add(
          file,
          Malformed.row(
              file,
              line,
              "expected " + header.size() + " columns as in the header, found " + columns));
    }
    return false;
  }

  @Override
  public String get(int column) {
    return current.getField(column);
  }

  @Override
  public long line() {
    return line;
  }

  private CsvRecord nextRecord() {
    try {
      if (!records.hasNext()) {
        return null;
      }
      CsvRecord record = records.next();
      line = record.getStartingLineNumber();
      return record;
    } catch (CsvParseException e) {
      // The parser cannot go on after this, so no policy can skip it.
      throw new DataException(file + ", after line " + line + ": not CSV: " + reason(e), e);
    } catch (UncheckedIOException e) {
      throw TextFile.failure(file, line, StandardCharsets.UTF_8, e.getCause());
    }
  }

  private static String reason(CsvParseException e) {
    return e.getCause() == null ? e.getMessage() : e.getCause().getMessage();
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

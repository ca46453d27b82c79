package org.recallrank.training.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.recallrank.model.io.DataException;
import org.recallrank.model.schema.Batch;
import org.recallrank.model.schema.Encoding;
import org.recallrank.model.schema.RowEncoder;
import org.recallrank.model.schema.Schema;
import org.recallrank.training.source.DataSource;
import org.recallrank.training.source.SkippedRows;
import org.recallrank.training.source.Split;

/**
 * Encodes a source into a folder that {@link DatasetFolder} opens. Rows are streamed: memory holds
 * the vocabularies and a few buffers, however many rows there are.
 */
public final class DatasetWriter {
  private static final int ROWS_AT_ONCE = 4096;

  private DatasetWriter() {}

  /**
   * Learns the encoding from the training rows, then encodes all rows. The folder appears when it
   * is complete, or not at all.
   *
   * @param minCount how often a token must occur in training to have a table row of its own
   * @param folder must not be there; its parent must
   * @throws DataException if the source cannot be read or the folder not be written
   */
  public static void write(DataSource source, int minCount, Path folder) {
    String before = source.fingerprint();
    Encoding encoding = EncodingBuilder.fit(source, minCount);
    try (TemporaryFolder temporary = new TemporaryFolder(folder)) {
      encoding.save(temporary.path());
      encode(source, encoding, temporary.path());
      if (!source.fingerprint().equals(before)) {
        throw new DataException("an input file changed while it was being read; start again");
      }
      temporary.move();
    } catch (IOException e) {
      throw DataException.writing(folder, e, "nothing is left of it");
    }
  }

  private static void encode(DataSource source, Encoding encoding, Path folder) throws IOException {
    UnknownUsers unknownUsers = new UnknownUsers();
    Map<Split, SplitWriter> writers = new EnumMap<>(Split.class);
    try {
      for (Split split : source.splits()) {
        writers.put(
            split, new SplitWriter(folder, split, encoding, unknownUsers, source.hasSessions()));
      }
      List<SkippedRows> skipped =
          source.read(source.splits(), (split, row) -> writers.get(split).encoder.add(row));
      Map<Split, Long> rows = new EnumMap<>(Split.class);
      for (Map.Entry<Split, SplitWriter> writer : writers.entrySet()) {
        rows.put(writer.getKey(), writer.getValue().finish());
      }
      new DatasetManifest(
              rows,
              source.hasSessions(),
              Encoding.vocabularyBytes(folder, encoding.schema()),
              skipped)
          .write(DatasetFiles.manifest(folder));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } finally {
      for (SplitWriter writer : writers.values()) {
        writer.close();
      }
    }
  }

  /** The files of one split. */
  private static final class SplitWriter implements AutoCloseable {
    private final Split split;
    private final RowEncoder encoder;

    /** One per field, then labels and groups, then sessions if there are any. */
    private final List<ColumnWriter> columns = new ArrayList<>();

    private long rows;

    SplitWriter(
        Path folder, Split split, Encoding encoding, UnknownUsers unknownUsers, boolean sessions)
        throws IOException {
      this.split = split;
      encoder = new RowEncoder(encoding, ROWS_AT_ONCE, unknownUsers, this::append);
      Schema schema = encoding.schema();
      try {
        Files.createDirectory(folder.resolve(split.label()));
        for (int f = 0; f < schema.fields().size(); f++) {
          columns.add(new ColumnWriter(DatasetFiles.column(folder, split, schema, f)));
        }
        columns.add(new ColumnWriter(DatasetFiles.labels(folder, split)));
        columns.add(new ColumnWriter(DatasetFiles.groups(folder, split)));
        if (sessions) {
          columns.add(new ColumnWriter(DatasetFiles.sessions(folder, split)));
        }
      } catch (IOException e) {
        close();
        throw e;
      }
    }

    private void append(Batch batch) {
      int size = batch.size();
      int fields = batch.schema().fields().size();
      try {
        for (int f = 0; f < fields; f++) {
          int[] ids = batch.rows().ids()[f];
          if (ids == null) {
            columns.get(f).append(batch.rows().numbers()[f], size);
          } else {
            columns.get(f).append(ids, size * batch.schema().fields().get(f).maxLength());
          }
        }
        columns.get(fields).append(batch.labels(), size);
        columns.get(fields + 1).append(batch.groups(), size);
        if (columns.size() > fields + 2) {
          columns.get(fields + 2).append(batch.sessions(), size);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      rows += size;
    }

    long finish() throws IOException {
      encoder.flush();
      if (rows == 0) {
        throw new DataException("expected " + split.label() + " rows, found none in the data");
      }
      for (ColumnWriter column : columns) {
        column.finish();
      }
      return rows;
    }

    @Override
    public void close() throws IOException {
      for (ColumnWriter column : columns) {
        column.close();
      }
    }
  }
}

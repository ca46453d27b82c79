package org.recallrank.training.data;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.recallrank.model.io.DataException;
import org.recallrank.model.schema.Encoding;
import org.recallrank.model.schema.Schema;
import org.recallrank.training.source.SkippedRows;
import org.recallrank.training.source.Split;

/**
 * An encoded data set on disk, as {@link DatasetWriter} makes it: {@code schema.json}, {@code
 * vocabulary/}, {@code dataset.json}, and per split a folder with one file per column. Values are
 * little-endian, 4 bytes each: table rows (sequences: maxLength per row), numbers, labels, groups,
 * and sessions if the source has them.
 *
 * <p>May be shared by any number of threads, one of which closes it when no other reads any more.
 */
public final class DatasetFolder implements AutoCloseable {
  private final Path folder;
  private final Schema schema;
  private final DatasetManifest manifest;
  private final Map<Split, Dataset> splits = new EnumMap<>(Split.class);
  private final Arena arena = Arena.ofShared();

  private DatasetFolder(Path folder) {
    this.folder = folder;
    schema = Encoding.loadSchema(folder);
    manifest = DatasetManifest.read(DatasetFiles.manifest(folder));
  }

  /**
   * Maps the files of a data set.
   *
   * @throws DataException if one is missing, damaged or not as long as it should be
   */
  public static DatasetFolder open(Path folder) {
    DatasetFolder opened = new DatasetFolder(folder);
    try {
      opened.checkVocabularies();
      opened
          .manifest
          .rows()
          .forEach((split, rows) -> opened.splits.put(split, opened.map(split, rows)));
      return opened;
    } catch (RuntimeException | Error e) {
      opened.close();
      throw e;
    }
  }

  /** Only their length: to read those of ten million users takes a while. */
  private void checkVocabularies() {
    try {
      long found = Encoding.vocabularyBytes(folder, schema);
      if (found != manifest.vocabularyBytes()) {
        throw new DataException(
            folder
                + ": expected "
                + manifest.vocabularyBytes()
                + " bytes of vocabularies, found "
                + found
                + " (damaged?)");
      }
    } catch (IOException e) {
      throw DataException.reading(folder, e);
    }
  }

  private Dataset map(Split split, long rows) {
    MemorySegment[] columns = new MemorySegment[schema.fields().size()];
    for (int f = 0; f < columns.length; f++) {
      int width = schema.fields().get(f).maxLength();
      columns[f] = map(DatasetFiles.column(folder, split, schema, f), rows, width);
    }
    return new Dataset(
        split,
        schema,
        rows,
        columns,
        map(DatasetFiles.labels(folder, split), rows, 1),
        map(DatasetFiles.groups(folder, split), rows, 1),
        manifest.sessions() ? map(DatasetFiles.sessions(folder, split), rows, 1) : null);
  }

  private MemorySegment map(Path file, long rows, int width) {
    long expected = rows * width * DatasetFiles.BYTES_PER_VALUE;
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      if (channel.size() != expected) {
        throw new DataException(
            file + ": expected " + expected + " bytes, found " + channel.size() + " (damaged?)");
      }
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, expected, arena);
    } catch (IOException e) {
      throw DataException.reading(file, e);
    }
  }

  /** Where the files are. */
  public Path folder() {
    return folder;
  }

  /** The fields of all its splits. */
  public Schema schema() {
    return schema;
  }

  /** Maps the vocabularies; not kept. */
  public Encoding encoding() {
    return Encoding.load(folder);
  }

  /** The splits that there are. */
  public Set<Split> splits() {
    return splits.keySet();
  }

  /**
   * One split.
   *
   * @throws DataException if the data set has none of this kind
   */
  public Dataset split(Split split) {
    Dataset dataset = splits.get(split);
    if (dataset == null) {
      throw new DataException(
          "expected " + split.label() + " rows, found none; the data set has " + splits.keySet());
    }
    return dataset;
  }

  /** The malformed rows that were left out when the data set was made. */
  public List<SkippedRows> skipped() {
    return manifest.skipped();
  }

  /** Of what was encoded and how: of its name in the cache, so the same for the same data. */
  public String id() {
    return folder.getFileName().toString().substring(0, 8);
  }

  /** Unmaps all files; the splits cannot be read any more. */
  @Override
  public void close() {
    arena.close();
  }
}

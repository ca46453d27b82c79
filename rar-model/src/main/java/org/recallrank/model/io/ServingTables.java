package org.recallrank.model.io;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.zip.CRC32C;
import org.recallrank.model.io.StoredTensor.DType;

/**
 * What a frozen model derives from its weights and its recall data, in a file from one load to the
 * next. The file names the checksums of the files that it was derived from; if these have changed,
 * it counts as not there, and all is derived again.
 *
 * <p>Serves one thread at a time.
 */
public final class ServingTables {
  private static final String SOURCES = "sources";

  private final MappedTensors stored; // null if there is nothing to take
  private final Map<String, StoredTensor> made = new LinkedHashMap<>();

  private ServingTables(MappedTensors stored) {
    this.stored = stored;
  }

  /** Nothing is stored: all is derived. */
  public static ServingTables none() {
    return new ServingTables(null);
  }

  /**
   * Opens a file, if it is there and was derived from these files.
   *
   * @throws DataException if it, or one of these, cannot be read
   */
  public static ServingTables open(Path file, List<Path> sources) {
    if (!Files.exists(file)) {
      return none();
    }
    MappedTensors stored = MappedTensors.open(file);
    return checksums(sources).equals(stored.metadata().get(SOURCES))
        ? new ServingTables(stored)
        : none();
  }

  /** Writes what was derived, not taken. */
  public void write(Path file, List<Path> sources) {
    new SafeTensors(made, Map.of(SOURCES, checksums(sources))).write(file);
  }

  /** Whether nothing was derived. */
  public boolean isEmpty() {
    return made.isEmpty();
  }

  private static String checksums(List<Path> files) {
    StringBuilder all = new StringBuilder();
    for (Path file : files) {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
          Arena arena = Arena.ofConfined()) {
        CRC32C sum = new CRC32C();
        long size = channel.size();
        var bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena);
        for (long at = 0; at < size; at += 1 << 30) {
          sum.update(bytes.asSlice(at, Math.min(size - at, 1 << 30)).asByteBuffer());
        }
        all.append(file.getFileName()).append(' ').append(size).append(' ');
        all.append(Long.toHexString(sum.getValue())).append('\n');
      } catch (IOException e) {
        throw DataException.reading(file, e);
      }
    }
    return all.toString();
  }

  /** A table of type F32: the stored one, or else made. */
  public float[] floats(String name, Supplier<float[]> make, long... shape) {
    return table(name, DType.F32, () -> StoredTensor.of(make.get(), shape), shape).floats();
  }

  /** A table of type I32. */
  public int[] ints(String name, Supplier<int[]> make, long... shape) {
    return table(name, DType.I32, () -> StoredTensor.of(make.get(), shape), shape).ints();
  }

  /** A table of type I64. */
  public long[] longs(String name, Supplier<long[]> make, long... shape) {
    return table(name, DType.I64, () -> StoredTensor.of(make.get(), shape), shape).longs();
  }

  private StoredTensor table(String name, DType type, Supplier<StoredTensor> make, long... shape) {
    if (stored != null && StoredTensor.type(type, shape).equals(stored.type(name))) {
      return stored.tensor(name);
    }
    StoredTensor table = make.get();
    made.put(name, table);
    return table;
  }
}

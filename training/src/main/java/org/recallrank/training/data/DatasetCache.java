package org.recallrank.training.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import org.recallrank.model.io.DataException;
import org.recallrank.training.source.DataSource;

/**
 * Encoded data sets by the fingerprint of their source, so that a second run starts at once.
 *
 * <p>An entry is a folder, named by the fingerprint's hash, that appears complete; a damaged one is
 * made again. Several processes may share a cache. Entries are never deleted: remove the folder to
 * get its space back.
 *
 * <p>May be shared by threads.
 */
public final class DatasetCache {
  private final Path root;

  /**
   * A cache in a folder.
   *
   * @param root made when it is first needed
   */
  public DatasetCache(Path root) {
    this.root = root;
  }

  /** The folder {@code recallrank} of {@code $XDG_CACHE_HOME}, or of {@code ~/.cache}. */
  public static Path defaultRoot(Map<String, String> environment) {
    String cache = environment.getOrDefault("XDG_CACHE_HOME", "");
    Path base =
        Path.of(cache).isAbsolute() // relative ones are to be ignored, says the XDG specification
            ? Path.of(cache)
            : Path.of(System.getProperty("user.home"), ".cache");
    return base.resolve("recallrank");
  }

  /**
   * Opens the encoded form of a source, and makes it first if it is not there or damaged.
   *
   * @param minCount as in {@link DatasetWriter#write}
   */
  public DatasetFolder open(DataSource source, int minCount) {
    Path entry = root.resolve(key(source, minCount));
    if (Files.exists(entry)) {
      try {
        return DatasetFolder.open(entry);
      } catch (DataException damaged) {
        TemporaryFolder.deleteTree(entry);
      }
    }
    try {
      Files.createDirectories(root);
      TemporaryFolder.deleteAbandoned(root);
    } catch (IOException e) {
      throw DataException.writing(root, e, "encoded data have no place to be kept");
    }
    try {
      DatasetWriter.write(source, minCount, entry);
    } catch (DataException e) {
      // Perhaps another process has just made the same entry.
      if (!Files.exists(entry)) {
        throw e;
      }
    }
    return DatasetFolder.open(entry);
  }

  private static String key(DataSource source, int minCount) {
    String text =
        "version "
            + DatasetManifest.VERSION
            + "\nmin count "
            + minCount
            + "\n"
            + source.fingerprint();
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}

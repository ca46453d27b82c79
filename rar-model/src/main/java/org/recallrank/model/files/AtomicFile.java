package org.recallrank.model.files;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.recallrank.model.io.DataException;

/**
 * Replaces a file as a whole: whoever looks sees the old content or the new one, never a part, even
 * if the process is killed or the disk is full.
 *
 * <p>The content goes to a temporary file in the same folder, is forced to the disk and renamed.
 */
public final class AtomicFile {
  private AtomicFile() {}

  /** Writes the content of a file. */
  @FunctionalInterface
  public interface Content {
    /** Writes all of it to {@code out}, which is buffered; the caller closes it. */
    void writeTo(OutputStream out) throws IOException;
  }

  /** Writes {@code text} as UTF-8. */
  public static void write(Path target, String text) {
    write(target, text.getBytes(StandardCharsets.UTF_8));
  }

  public static void write(Path target, byte[] bytes) {
    write(target, out -> out.write(bytes));
  }

  /**
   * Writes what {@code content} produces.
   *
   * @throws DataException if the file cannot be written; then {@code target} is as it was before
   *     and no temporary file is left
   */
  public static void write(Path target, Content content) {
    Path absolute = target.toAbsolutePath();
    Path temporary = temporary(absolute);
    try {
      writeAndForce(temporary, content);
      Files.move(
          temporary, absolute, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      forceFolder(absolute.getParent());
    } catch (IOException e) {
      deleteQuietly(temporary, e);
      throw DataException.writing(
          target, e, Files.exists(absolute) ? "the file there is unchanged" : "no file was made");
    } catch (RuntimeException | Error e) {
      deleteQuietly(temporary, e);
      throw e;
    }
  }

  /** A new hidden name beside {@code target}, for what is to be renamed to it. */
  public static Path temporary(Path target) {
    Path absolute = target.toAbsolutePath();
    return absolute.resolveSibling("." + absolute.getFileName() + "." + UUID.randomUUID() + ".tmp");
  }

  private static void writeAndForce(Path file, Content content) throws IOException {
    try (FileChannel channel =
            FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
        OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16)) {
      content.writeTo(out);
      out.flush();
      channel.force(true);
    }
  }

  /** Makes the rename itself last; not every system can, and the content is safe without it. */
  private static void forceFolder(Path folder) {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // Windows cannot open a folder.
    }
  }

  private static void deleteQuietly(Path file, Throwable reason) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      reason.addSuppressed(e);
    }
  }
}

package org.recallrank.model.io;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A file that cannot be read or written as asked: wrong content, missing, no space. The message is
 * meant for the person who named the file: what, where, what was expected, what was found.
 */
public final class DataException extends RuntimeException {
  /** For content that is not as expected. */
  public DataException(String message) {
    super(message);
  }

  /** For a failure that another exception reported. */
  public DataException(String message, Throwable cause) {
    super(message, cause);
  }

  /** For a file that could not be read. */
  public static DataException reading(Path file, IOException cause) {
    return new DataException(file + ": cannot be read: " + reason(cause), cause);
  }

  /**
   * For a file or folder that could not be written.
   *
   * @param state how things are now, for example that nothing was changed
   */
  public static DataException writing(Path target, IOException cause, String state) {
    return new DataException(
        target + ": cannot be written: " + reason(cause) + "; " + state, cause);
  }

  /** The reason of an I/O failure without the file name that Java's messages start with. */
  private static String reason(IOException cause) {
    if (cause instanceof NoSuchFileException) {
      return "there is no such file or folder";
    }
    if (cause instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (cause instanceof FileSystemException failure && failure.getReason() != null) {
      return failure.getReason();
    }
    return cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }
}

package org.recallrank.training.source;

import java.nio.file.Path;
import java.util.List;

/**
 * The malformed rows of one file that were left out.
 *
 * @param rows how many
 * @param first the messages of the first few
 */
public record SkippedRows(Path file, long rows, List<String> first) {

  /** For the user: how many rows of which file, and the first messages. */
  @Override
  public String toString() {
    return file
        + ": left out "
        + rows
        + " malformed row"
        + (rows == 1 ? "" : "s")
        + "; the first: "
        + String.join("; ", first);
  }
}

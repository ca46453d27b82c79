package org.recallrank.training.source.movielens;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.recallrank.model.io.DataException;
import org.recallrank.training.source.Malformed;
import org.recallrank.training.source.Records;

/** Finds which release of MovieLens a folder holds. */
final class MovieLensFiles {
  private MovieLensFiles() {}

  /**
   * The first of the files that is there.
   *
   * @throws DataException naming the files if there is none
   */
  static Path firstOf(Path folder, String... names) {
    if (!Files.isDirectory(folder)) {
      throw new DataException(
          folder
              + ": expected a folder with one of "
              + Arrays.toString(names)
              + ", found "
              + (Files.exists(folder) ? "a file" : "nothing"));
    }
    for (String name : names) {
      if (Files.exists(folder.resolve(name))) {
        return folder.resolve(name);
      }
    }
    throw new DataException(
        folder + ": expected one of " + Arrays.toString(names) + " in this folder, found none");
  }

  /** A value that must be a number without a sign, as ids and times are. */
  static String digits(Records records, int column, List<String> columns) {
    String text = records.get(column);
    if (!Malformed.isDigits(text)) {
      throw Malformed.value(
          records.file(), records.line(), columns.get(column), "a whole number", text);
    }
    return text;
  }
}

package org.recallrank.cli.report;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.recallrank.model.io.DataException;

/**
 * Names of items from a file whose first two columns are id and name: MovieLens' movies.csv,
 * movies.dat or u.item, KKBox' song_extra_info.csv, or any CSV.
 */
public final class ItemNames {
  private ItemNames() {}

  /**
   * Reads them.
   *
   * @throws DataException if the file cannot be read or a line has no second column
   */
  public static Map<String, String> read(Path file) {
    Map<String, String> names = new HashMap<>();
    try {
      // Latin letters beyond ASCII are UTF-8 in some releases and ISO 8859-1 in others.
      byte[] bytes = Files.readAllBytes(file);
      String text = new String(bytes, StandardCharsets.UTF_8);
      if (text.indexOf('\uFFFD') >= 0) {
        text = new String(bytes, StandardCharsets.ISO_8859_1);
      }
      String first = text.lines().findFirst().orElse("");
      if (first.contains("::") || first.contains("|")) {
        String separator = first.contains("::") ? "::" : "\\|";
        text.lines().forEach(line -> add(file, names, line.split(separator, 3)));
      } else {
        try (CsvReader<CsvRecord> records = CsvReader.builder().ofCsvRecord(text)) {
          records.forEach(r -> add(file, names, r.getFields().toArray(String[]::new)));
        }
      }
    } catch (IOException e) {
      throw DataException.reading(file, e);
    }
    return names;
  }

  private static void add(Path file, Map<String, String> names, String[] columns) {
    if (columns.length < 2) {
      throw new DataException(
          file + ": expected lines of id and name, found \"" + String.join(",", columns) + "\"");
    }
    names.put(columns[0], columns[1]);
  }
}

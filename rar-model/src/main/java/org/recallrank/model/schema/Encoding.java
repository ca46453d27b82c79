package org.recallrank.model.schema;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.recallrank.model.io.DataException;

/**
 * How rows become numbers: the fields and their vocabularies. A trained model carries its encoding
 * along, so that new rows get the same numbers.
 *
 * <p>Immutable: threads may share it.
 *
 * @param vocabularies one per field, null for a numeric one; fields that share a table hold the
 *     same object
 */
public record Encoding(Schema schema, List<Vocabulary> vocabularies) {
  private static final String SCHEMA = "schema.json";
  private static final String VOCABULARIES = "vocabulary";

  /** Keeps a copy of the list. */
  public Encoding {
    vocabularies = Collections.unmodifiableList(new ArrayList<>(vocabularies));
  }

  /**
   * The encoding of columns whose vocabularies are known.
   *
   * @param own one per column, null for a numeric one and one that shares another's
   */
  public static Encoding of(Columns columns, List<Vocabulary> own) {
    List<Field> fields = new ArrayList<>();
    List<Vocabulary> vocabularies = new ArrayList<>();
    for (int c = 0; c < columns.size(); c++) {
      Vocabulary vocabulary = own.get(columns.vocabularyOf(c));
      vocabularies.add(vocabulary);
      fields.add(columns.get(c).withVocabulary(vocabulary == null ? 0 : vocabulary.size()));
    }
    return new Encoding(new Schema(fields, columns.user(), columns.item()), vocabularies);
  }

  /** Writes {@code schema.json} and the folder {@code vocabulary} into a folder that is there. */
  public void save(Path folder) {
    try {
      Files.createDirectories(folder.resolve(VOCABULARIES));
    } catch (IOException e) {
      throw DataException.writing(folder.resolve(VOCABULARIES), e, "no folder was made");
    }
    Columns columns = Columns.of(schema);
    for (int f = 0; f < vocabularies.size(); f++) {
      if (vocabularies.get(f) != null && columns.vocabularyOf(f) == f) {
        vocabularies.get(f).write(vocabularyFile(folder, schema, f));
      }
    }
    SchemaJson.write(folder.resolve(SCHEMA), schema);
  }

  /**
   * Reads what {@link #save} wrote.
   *
   * @throws DataException if a file is missing or damaged
   */
  public static Encoding load(Path folder) {
    Schema schema = loadSchema(folder);
    Columns columns = Columns.of(schema);
    Map<Integer, Vocabulary> own = new HashMap<>();
    List<Vocabulary> vocabularies = new ArrayList<>();
    for (int f = 0; f < columns.size(); f++) {
      Field field = schema.fields().get(f);
      vocabularies.add(
          field.type() == Field.Type.NUMERIC
              ? null
              : own.computeIfAbsent(
                  columns.vocabularyOf(f),
                  v -> Vocabulary.read(vocabularyFile(folder, schema, v), field.vocabularySize())));
    }
    return new Encoding(schema, vocabularies);
  }

  /** Bytes of the vocabularies that {@link #save} wrote. */
  public static long vocabularyBytes(Path folder, Schema schema) throws IOException {
    Columns columns = Columns.of(schema);
    long bytes = 0;
    for (int f = 0; f < columns.size(); f++) {
      if (columns.get(f).type() != Field.Type.NUMERIC && columns.vocabularyOf(f) == f) {
        bytes += Files.size(vocabularyFile(folder, schema, f));
      }
    }
    return bytes;
  }

  /** Deletes what {@link #save} writes, as far as it is there. */
  public void delete(Path folder) throws IOException {
    for (int f = 0; f < vocabularies.size(); f++) {
      Files.deleteIfExists(vocabularyFile(folder, schema, f));
    }
    Files.deleteIfExists(folder.resolve(SCHEMA));
    Files.deleteIfExists(folder.resolve(VOCABULARIES));
  }

  /** Reads the schema alone. */
  public static Schema loadSchema(Path folder) {
    return SchemaJson.read(folder.resolve(SCHEMA));
  }

  private static Path vocabularyFile(Path folder, Schema schema, int field) {
    return folder.resolve(VOCABULARIES).resolve(fileName(schema, field) + ".txt");
  }

  /** A file name for a field on any system, e.g. {@code 00-user_id}. */
  public static String fileName(Schema schema, int field) {
    String name = schema.fields().get(field).name();
    String plain = name.replaceAll("[^A-Za-z0-9_]", "-");
    String start = plain.substring(0, Math.min(plain.length(), 60));
    return String.format(Locale.ROOT, "%02d-%s", field, start);
  }
}

package org.recallrank.model.schema;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.eclipse.collections.impl.map.mutable.primitive.ObjectIntHashMap;
import org.recallrank.model.io.DataException;
import org.recallrank.training.source.DataSource;
import org.recallrank.training.source.SkippedRows;
import org.recallrank.training.source.Split;

/**
 * How rows become numbers: the fields and their vocabularies. A trained model carries its encoding
 * along, so that new rows get the same numbers.
 *
 * @param vocabularies one per field, null for a numeric one; fields that share a table hold the
 *     same object
 */
public record Encoding(Schema schema, List<Vocabulary> vocabularies) {
  private static final String SCHEMA = "schema.json";
  private static final String VOCABULARIES = "vocabulary";

  /**
   * Learns vocabularies from the training rows of a source, and from nothing else.
   *
   * @param minCount how often a token must occur to have a row of its own
   * @throws DataException if there are no training rows
   */
  public static Encoding fit(DataSource source, int minCount) {
    Columns columns = source.columns();
    Vocabulary.Builder[] builders = new Vocabulary.Builder[columns.size()];
    for (int c = 0; c < builders.length; c++) {
      if (columns.get(c).type() != Field.Type.NUMERIC && columns.vocabularyOf(c) == c) {
        builders[c] = new Vocabulary.Builder();
      }
    }
    Counter counter = new Counter(columns, builders);
    source.read(EnumSet.of(Split.TRAIN), counter);
    if (counter.rows == 0) {
      throw new DataException("expected rows to train on, found none in the training data");
    }
    List<Vocabulary> own = new ArrayList<>();
    for (Vocabulary.Builder builder : builders) {
      own.add(builder == null ? null : builder.build(minCount));
    }
    return of(columns, own);
  }

  /** Counts the tokens of each row. */
  private static final class Counter implements DataSource.RowSink {
    private final Columns columns;
    private final Vocabulary.Builder[] builders;
    private long rows;

    Counter(Columns columns, Vocabulary.Builder[] builders) {
      this.columns = columns;
      this.builders = builders;
    }

    @Override
    public void accept(Split split, RawRow row) {
      rows++;
      for (int c = 0; c < builders.length; c++) {
        Vocabulary.Builder builder = builders[columns.vocabularyOf(c)];
        switch (columns.get(c).type()) {
          case CATEGORICAL -> builder.add(row.tokens[c]);
          case SEQUENCE -> {
            Tokens tokens = new Tokens(row.tokens[c]);
            while (tokens.next()) { // those after maxLength too, as FuxiCTR does
              builder.add(tokens.token());
            }
          }
          case NUMERIC -> {
            // A number has no vocabulary.
          }
        }
      }
    }
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

  /**
   * Encodes the rows of one split batch by batch, in their order, without writing anything: to
   * score new data with a trained model.
   *
   * @param source with the columns of this encoding
   * @param sink takes batches of {@code batchSize} rows, the last one perhaps smaller; each is
   *     valid until the call returns
   * @return malformed rows that were left out
   */
  public List<SkippedRows> encode(
      DataSource source, Split split, int batchSize, Consumer<Batch> sink) {
    if (!source.columns().equals(Columns.of(schema))) {
      throw new IllegalArgumentException(
          "expected the columns " + Columns.of(schema) + ", found " + source.columns());
    }
    RowEncoder encoder = new RowEncoder(this, batchSize, new ObjectIntHashMap<>(), sink);
    List<SkippedRows> skipped = source.read(EnumSet.of(split), (ignored, row) -> encoder.add(row));
    encoder.flush();
    return skipped;
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
    return "%02d-%s".formatted(field, plain.substring(0, Math.min(plain.length(), 60)));
  }
}

package org.recallrank.model.schema;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;

/**
 * Turns raw rows into batches.
 *
 * <p>Serves one thread at a time; several may share an {@link Encoding}.
 */
public final class RowEncoder {
  private final Encoding encoding;
  private final BatchBuffer buffer;
  private final Consumer<Batch> sink;

  private final ToIntFunction<String> unknownUsers;
  private final List<FieldEncoder> encoders;

  private int size;

  /**
   * Encodes into one buffer of {@code batchSize} rows.
   *
   * @param unknownUsers numbers users without a table row, from 0; those that have one are known by
   *     it. Shared by all encoders of a data set, so that a user has one number
   * @param sink takes each full batch, and the last one on {@link #flush}; the same arrays again
   *     and again
   */
  public RowEncoder(
      Encoding encoding, int batchSize, ToIntFunction<String> unknownUsers, Consumer<Batch> sink) {
    this.encoding = encoding;
    this.unknownUsers = unknownUsers;
    this.sink = sink;
    buffer = new BatchBuffer(encoding.schema(), batchSize);
    encoders =
        IntStream.range(0, encoding.schema().fields().size())
            .mapToObj(f -> new FieldEncoder(encoding, f))
            .toList();
  }

  /** Encodes a row, which is not kept; the row that fills a batch hands it out. */
  public void add(RawRow row) {
    Schema schema = encoding.schema();
    for (int f = 0; f < encoders.size(); f++) {
      FieldEncoder encoder = encoders.get(f);
      Field field = encoder.field();
      switch (field.type()) {
        case CATEGORICAL -> buffer.ids(f)[size] = encoder.row(row.tokens[f]);
        case SEQUENCE ->
            encoder.putSequence(row.tokens[f], buffer.ids(f), size * field.maxLength());
        case NUMERIC -> buffer.numbers(f)[size] = row.numbers[f];
      }
    }
    buffer.labels()[size] = row.label;
    buffer.groups()[size] = schema.user() < 0 ? 0 : group(row.tokens[schema.user()]);
    buffer.sessions()[size] = row.session;
    if (++size == buffer.capacity()) {
      flush();
    }
  }

  private int group(String user) {
    Vocabulary users = encoding.vocabularies().get(encoding.schema().user());
    int row = users.row(user);
    return row != users.outOfVocabulary() || user == null || user.isEmpty()
        ? row
        : users.size() + unknownUsers.applyAsInt(user);
  }

  /** Hands out the rows that are left. */
  public void flush() {
    if (size > 0) {
      sink.accept(buffer.batch(size));
      size = 0;
    }
  }
}

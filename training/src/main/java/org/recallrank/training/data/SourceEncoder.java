package org.recallrank.training.data;

import java.util.EnumSet;
import java.util.List;
import java.util.function.Consumer;
import org.recallrank.model.schema.Batch;
import org.recallrank.model.schema.Columns;
import org.recallrank.model.schema.Encoding;
import org.recallrank.model.schema.RowEncoder;
import org.recallrank.training.source.DataSource;
import org.recallrank.training.source.SkippedRows;
import org.recallrank.training.source.Split;

/** Encodes the rows of a source without writing anything: to score new data with a model. */
public final class SourceEncoder {
  private SourceEncoder() {}

  /**
   * Encodes the rows of one split batch by batch, in their order.
   *
   * @param encoding of the trained model
   * @param source with the columns of this encoding
   * @param sink takes batches of {@code batchSize} rows, the last one perhaps smaller; each is
   *     valid until the call returns
   * @return malformed rows that were left out
   */
  public static List<SkippedRows> encode(
      Encoding encoding, DataSource source, Split split, int batchSize, Consumer<Batch> sink) {
    Columns expected = Columns.of(encoding.schema());
    if (!source.columns().equals(expected)) {
      throw new IllegalArgumentException(
          "expected the columns " + expected + ", found " + source.columns());
    }
    RowEncoder encoder = new RowEncoder(encoding, batchSize, new UnknownUsers(), sink);
    List<SkippedRows> skipped = source.read(EnumSet.of(split), (ignored, row) -> encoder.add(row));
    encoder.flush();
    return skipped;
  }
}

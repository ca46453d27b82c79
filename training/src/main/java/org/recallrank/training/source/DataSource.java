package org.recallrank.training.source;

import java.util.List;
import java.util.Set;
import org.recallrank.model.schema.Columns;
import org.recallrank.model.schema.RawRow;

/**
 * Rows to learn from or to score, split into training, validation and test.
 *
 * <p>Serves one thread at a time.
 */
public interface DataSource {

  /** The inputs, in the order of {@link RawRow}'s arrays. */
  Columns columns();

  /** The splits that there are. */
  Set<Split> splits();

  /** Whether rows belong to sessions, each with a number of its own, from 1. */
  default boolean hasSessions() {
    return false;
  }

  /**
   * Hands the rows of the splits asked for to the sink, in an order that is the same on every call;
   * splits may alternate.
   *
   * @return what was left out under the {@link BadRows} policy
   * @throws org.recallrank.model.io.DataException if a file cannot be read or holds a malformed row
   */
  List<SkippedRows> read(Set<Split> wanted, RowSink sink);

  /**
   * Text that differs whenever the rows may differ: kind of source, options, and path, size and
   * time of change of each file.
   */
  String fingerprint();

  /** Takes rows one by one. */
  @FunctionalInterface
  interface RowSink {
    /**
     * Takes the next row.
     *
     * @param row valid until this call returns
     */
    void accept(Split split, RawRow row);
  }
}

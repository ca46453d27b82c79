package org.recallrank.model.serve;

import java.util.Arrays;
import org.recallrank.model.schema.Batch;
import org.recallrank.model.schema.Rows;

/** In which order the rows of a batch are scored, and how they get into a block. */
final class RowOrder {
  private RowOrder() {}

  /**
   * The rows of a batch.
   *
   * @param byUser whether those of a user are to stand together
   */
  static int[] of(Batch batch, boolean byUser) {
    long[] keys = new long[batch.size()];
    for (int row = 0; row < keys.length; row++) {
      keys[row] = byUser ? (long) batch.users()[row] << Integer.SIZE | row : row;
    }
    Arrays.sort(keys);
    return Arrays.stream(keys).mapToInt(key -> (int) key).toArray();
  }

  /** Copies the rows at places {@code from} to {@code to} - 1 of an order. */
  static void copy(Rows rows, int[] order, int from, int to, Rows block) {
    for (int f = 0; f < rows.fields().size(); f++) {
      int[] ids = rows.ids()[f];
      int length = rows.fields().get(f).maxLength();
      for (int i = from; i < to; i++) {
        if (ids == null) {
          block.numbers()[f][i - from] = rows.numbers()[f][order[i]];
        } else {
          System.arraycopy(ids, order[i] * length, block.ids()[f], (i - from) * length, length);
        }
      }
    }
  }
}

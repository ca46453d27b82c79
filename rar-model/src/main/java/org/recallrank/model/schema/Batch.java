package org.recallrank.model.schema;

/**
 * A batch of training or evaluation rows.
 *
 * <p>Any number of threads may read a batch while none writes to its arrays; one of a {@link
 * BatchBuffer} is overwritten by the next.
 *
 * @param rows the fields of the schema
 * @param labels 0 or 1, [size]
 * @param groups the user of each row for gAUC, [size]: like the user's table row, but users not
 *     seen in training keep numbers of their own
 * @param sessions the session of each row, [size]; 0 if the data have none
 */
public record Batch(Schema schema, Rows rows, float[] labels, int[] groups, int[] sessions) {

  /** Of data without sessions. */
  public Batch(Schema schema, Rows rows, float[] labels, int[] groups) {
    this(schema, rows, labels, groups, new int[rows.size()]);
  }

  /** How many rows. */
  public int size() {
    return rows.size();
  }

  /** A hash of a row's categorical values, the same wherever the row stands. */
  public long hash(int row) {
    return RowHash.of(rows.fields(), f -> rows.ids()[f][row]);
  }

  /** Table rows of the users, [size]: the ids of the schema's user field. */
  public int[] users() {
    return rows.ids()[schema.user()];
  }

  /** Table rows of the items, [size]. */
  public int[] items() {
    return rows.ids()[schema.item()];
  }
}

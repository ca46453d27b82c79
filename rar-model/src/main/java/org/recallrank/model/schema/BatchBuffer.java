package org.recallrank.model.schema;

import org.recallrank.training.data.Dataset;

/**
 * Arrays for one batch, filled again and again: training allocates nothing per step. A batch that
 * was handed out is valid until the next one.
 */
public final class BatchBuffer {
  private final Schema schema;
  private final int capacity;
  private final int[][] ids;
  private final float[][] numbers;
  private final float[] labels;
  private final int[] groups;
  private final int[] sessions;
  private Batch last;

  /**
   * @param capacity rows of the largest batch
   */
  public BatchBuffer(Schema schema, int capacity) {
    if (capacity < 1) {
      throw new IllegalArgumentException("a batch holds at least 1 row: " + capacity);
    }
    this.schema = schema;
    this.capacity = capacity;
    int fields = schema.fields().size();
    ids = new int[fields][];
    numbers = new float[fields][];
    for (int f = 0; f < fields; f++) {
      Field field = schema.fields().get(f);
      if (field.type() == Field.Type.NUMERIC) {
        numbers[f] = new float[capacity];
      } else {
        ids[f] = new int[Math.multiplyExact(capacity, field.maxLength())];
      }
    }
    labels = new float[capacity];
    groups = new int[capacity];
    sessions = new int[capacity];
  }

  public int capacity() {
    return capacity;
  }

  /**
   * Fills the batch with the rows {@code rowNumbers[from]} to {@code rowNumbers[from + count - 1]}.
   */
  public Batch fill(Dataset data, long[] rowNumbers, int from, int count) {
    check(data, count);
    for (int f = 0; f < ids.length; f++) {
      data.gather(f, rowNumbers, from, count, 0, ids[f], numbers[f]);
    }
    data.gatherLabels(rowNumbers, from, count, labels, groups, sessions);
    return batch(count);
  }

  /** Fills the batch with {@code count} rows that follow each other. */
  public Batch fill(Dataset data, long firstRow, int count) {
    check(data, count);
    for (int f = 0; f < ids.length; f++) {
      data.copy(f, firstRow, count, ids[f], numbers[f]);
    }
    data.copyLabels(firstRow, count, labels, groups, sessions);
    return batch(count);
  }

  private void check(Dataset data, int count) {
    if (count < 1 || count > capacity) {
      throw new IllegalArgumentException(
          "a batch of " + count + " rows; expected 1 to " + capacity);
    }
    if (!data.schema().equals(schema)) {
      throw new IllegalArgumentException("the data set has another schema than the batch");
    }
  }

  /** The first {@code size} rows. */
  Batch batch(int size) {
    if (last == null || last.size() != size) {
      last =
          new Batch(
              schema, new Rows(schema.fields(), size, ids, numbers), labels, groups, sessions);
    }
    return last;
  }

  int[] ids(int field) {
    return ids[field];
  }

  float[] numbers(int field) {
    return numbers[field];
  }

  float[] labels() {
    return labels;
  }

  int[] groups() {
    return groups;
  }

  public int[] sessions() {
    return sessions;
  }
}

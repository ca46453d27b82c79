package org.recallrank.model.schema;

/**
 * Arrays for one batch, filled again and again: training allocates nothing per step. A batch that
 * was handed out is valid until the next one.
 *
 * <p>Serves one thread at a time.
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
   * Allocates for the largest batch.
   *
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

  /** Rows of the largest batch. */
  public int capacity() {
    return capacity;
  }

  /**
   * The first {@code size} rows, whose arrays are there to be written.
   *
   * @throws IllegalArgumentException if that is none, or more than the capacity
   */
  public Batch batch(int size) {
    if (size < 1 || size > capacity) {
      throw new IllegalArgumentException("a batch of " + size + " rows; expected 1 to " + capacity);
    }
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

  int[] sessions() {
    return sessions;
  }
}

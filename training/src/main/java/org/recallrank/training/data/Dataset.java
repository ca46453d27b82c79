package org.recallrank.training.data;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.recallrank.model.schema.Batch;
import org.recallrank.model.schema.BatchBuffer;
import org.recallrank.model.schema.Schema;
import org.recallrank.training.source.Split;

/**
 * The encoded rows of one split, column by column in memory-mapped files: the system keeps in
 * memory what is used, so the data may be larger than it. May be read from several threads at once,
 * until the {@link DatasetFolder} is closed.
 */
public final class Dataset {
  static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Split split;
  private final Schema schema;
  private final long rows;
  private final MemorySegment[] columns;
  private final MemorySegment labels;
  private final MemorySegment groups;
  private final MemorySegment sessions;

  /**
   * @param columns per field its values
   * @param labels a float per row
   * @param groups an int per row
   * @param sessions an int per row, or null
   */
  Dataset(
      Split split,
      Schema schema,
      long rows,
      MemorySegment[] columns,
      MemorySegment labels,
      MemorySegment groups,
      MemorySegment sessions) {
    this.split = split;
    this.schema = schema;
    this.rows = rows;
    this.columns = columns;
    this.labels = labels;
    this.groups = groups;
    this.sessions = sessions;
  }

  /** Which split it is. */
  public Split split() {
    return split;
  }

  /** The fields of its rows. */
  public Schema schema() {
    return schema;
  }

  /** How many rows. */
  public long rows() {
    return rows;
  }

  /** The first rows alone, all of them if there are no more; it lives as long as this one. */
  public Dataset head(long count) {
    return new Dataset(split, schema, Math.min(count, rows), columns, labels, groups, sessions);
  }

  /** Whether rows belong to sessions. */
  public boolean hasSessions() {
    return sessions != null;
  }

  /** The table row of a categorical field. */
  int id(int field, long row) {
    return columns[field].getAtIndex(INT, row);
  }

  /** The session of a row, 0 if there are none. */
  int session(long row) {
    return sessions == null ? 0 : sessions.getAtIndex(INT, row);
  }

  float label(long row) {
    return labels.getAtIndex(FLOAT, row);
  }

  /**
   * Fills a batch with the rows {@code rowNumbers[from]} to {@code rowNumbers[from + count - 1]}.
   *
   * @param buffer of this data set's schema
   * @return the buffer's batch, valid until it is filled again
   */
  public Batch fill(BatchBuffer buffer, long[] rowNumbers, int from, int count) {
    Batch batch = batch(buffer, count);
    for (int f = 0; f < columns.length; f++) {
      gather(f, rowNumbers, from, count, 0, batch.rows().ids()[f], batch.rows().numbers()[f]);
    }
    for (int i = 0; i < count; i++) {
      batch.labels()[i] = labels.getAtIndex(FLOAT, rowNumbers[from + i]);
      batch.groups()[i] = groups.getAtIndex(INT, rowNumbers[from + i]);
    }
    for (int i = 0; i < count && hasSessions(); i++) {
      batch.sessions()[i] = sessions.getAtIndex(INT, rowNumbers[from + i]);
    }
    return batch;
  }

  /** Fills a batch with {@code count} rows that follow each other. */
  public Batch fill(BatchBuffer buffer, long firstRow, int count) {
    Batch batch = batch(buffer, count);
    for (int f = 0; f < columns.length; f++) {
      copy(f, firstRow, count, batch.rows().ids()[f], batch.rows().numbers()[f]);
    }
    MemorySegment.copy(labels, FLOAT, firstRow * FLOAT.byteSize(), batch.labels(), 0, count);
    MemorySegment.copy(groups, INT, firstRow * INT.byteSize(), batch.groups(), 0, count);
    if (hasSessions()) {
      MemorySegment.copy(sessions, INT, firstRow * INT.byteSize(), batch.sessions(), 0, count);
    }
    return batch;
  }

  private Batch batch(BatchBuffer buffer, int count) {
    Batch batch = buffer.batch(count);
    if (!batch.schema().equals(schema)) {
      throw new IllegalArgumentException("the data set has another schema than the batch");
    }
    return batch;
  }

  /** Copies a field of rows to the places from {@code to} on, in the one array that is not null. */
  void gather(
      int field, long[] rowNumbers, int from, int count, int to, int[] ids, float[] numbers) {
    MemorySegment column = columns[field];
    int width = schema.fields().get(field).maxLength();
    if (numbers != null) {
      for (int i = 0; i < count; i++) {
        numbers[to + i] = column.getAtIndex(FLOAT, rowNumbers[from + i]);
      }
    } else if (width == 1) {
      for (int i = 0; i < count; i++) {
        ids[to + i] = column.getAtIndex(INT, rowNumbers[from + i]);
      }
    } else {
      for (int i = 0; i < count; i++) {
        long begin = rowNumbers[from + i] * width * INT.byteSize();
        MemorySegment.copy(column, INT, begin, ids, (to + i) * width, width);
      }
    }
  }

  private void copy(int field, long firstRow, int count, int[] ids, float[] numbers) {
    MemorySegment column = columns[field];
    int width = schema.fields().get(field).maxLength();
    if (numbers != null) {
      MemorySegment.copy(column, FLOAT, firstRow * FLOAT.byteSize(), numbers, 0, count);
    } else {
      MemorySegment.copy(column, INT, firstRow * width * INT.byteSize(), ids, 0, count * width);
    }
  }
}

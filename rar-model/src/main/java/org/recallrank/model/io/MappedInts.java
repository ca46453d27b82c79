package org.recallrank.model.io;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * A matrix of ints in a mapped file.
 *
 * <p>Immutable: threads may share it.
 */
public final class MappedInts {
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final MemorySegment elements;
  private final int rows;
  private final int cols;

  MappedInts(MemorySegment elements, int rows, int cols) {
    this.elements = elements;
    this.rows = rows;
    this.cols = cols;
  }

  /** How many rows. */
  public int rows() {
    return rows;
  }

  /** How many columns. */
  public int cols() {
    return cols;
  }

  /** Copies a row to the beginning of an array. */
  public void row(int row, int[] to) {
    MemorySegment.copy(elements, INT, (long) row * cols * Integer.BYTES, to, 0, cols);
  }
}

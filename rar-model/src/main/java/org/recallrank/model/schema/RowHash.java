package org.recallrank.model.schema;

import java.util.List;
import java.util.function.IntUnaryOperator;
import org.recallrank.tensor.CounterRandom;

/**
 * A hash of the categorical values of an encoded row: equal rows have equal ones, wherever they
 * stand. It takes table rows, so it goes with one encoding.
 */
public final class RowHash {
  private RowHash() {}

  /**
   * The hash of a row.
   *
   * @param id the table row of a categorical field, by the field's place in {@code fields}
   */
  public static long of(List<Field> fields, IntUnaryOperator id) {
    long hash = 0;
    for (int f = 0; f < fields.size(); f++) {
      if (fields.get(f).type() == Field.Type.CATEGORICAL) {
        hash = CounterRandom.bitsAt(hash + id.applyAsInt(f), 0);
      }
    }
    return hash;
  }
}

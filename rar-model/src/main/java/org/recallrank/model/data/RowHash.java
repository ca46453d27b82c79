package org.recallrank.model.data;

/**
 * A hash of the categorical values of an encoded row: equal rows have equal ones, wherever they
 * stand. It takes table rows, so it goes with one encoding.
 */
final class RowHash {
  private RowHash() {}

  static long of(Rows rows, int row) {
    long hash = 0;
    for (int f = 0; f < rows.fields().size(); f++) {
      if (rows.fields().get(f).type() == Field.Type.CATEGORICAL) {
        hash = mix(hash + rows.ids()[f][row]);
      }
    }
    return hash;
  }

  static long of(Dataset dataset, long row) {
    long hash = 0;
    for (int f = 0; f < dataset.schema().fields().size(); f++) {
      if (dataset.schema().fields().get(f).type() == Field.Type.CATEGORICAL) {
        hash = mix(hash + dataset.id(f, row));
      }
    }
    return hash;
  }

  /** One step of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014). */
  private static long mix(long value) {
    long z = value + 0x9E3779B97F4A7C15L;
    z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
    z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
    return z ^ z >>> 31;
  }
}

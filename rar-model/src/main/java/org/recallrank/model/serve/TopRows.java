package org.recallrank.model.serve;

import java.util.Comparator;
import java.util.stream.IntStream;

/** The places of the largest of some probabilities. */
final class TopRows {
  private TopRows() {}

  /** The largest first; of equal ones the lower place first. */
  static IntStream of(float[] p, int top) {
    return IntStream.range(0, p.length)
        .boxed()
        .sorted(Comparator.<Integer>comparingDouble(i -> -p[i]))
        .limit(top)
        .mapToInt(Integer::intValue);
  }
}

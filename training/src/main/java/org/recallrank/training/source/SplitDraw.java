package org.recallrank.training.source;

import org.recallrank.tensor.CounterRandom;

/**
 * Deals rows out to splits at random, one after the other, so that each split ends with exactly its
 * count and every division of the rows is equally likely (selection sampling; Knuth, TAOCP 2,
 * 3.4.2, algorithm S, for three sets). Needs no memory of the rows.
 */
public final class SplitDraw {
  private static final Split[] SPLITS = Split.values();

  private final long[] left;
  private final CounterRandom random;
  private long total;

  /**
   * Starts before the first row; the same counts and seed deal out the same rows.
   *
   * @param counts rows per split, in the order of {@link Split}
   */
  public SplitDraw(long[] counts, long seed) {
    left = counts.clone();
    for (long count : counts) {
      total += count;
    }
    random = new CounterRandom(seed);
  }

  /** Whether there are rows left. */
  public boolean hasNext() {
    return total > 0;
  }

  /**
   * The split of the next row.
   *
   * @throws IllegalStateException after the last one
   */
  public Split next() {
    if (total == 0) {
      throw new IllegalStateException("all rows are dealt out");
    }
    long ticket = random.below(total--);
    for (int s = 0; ; s++) {
      if (ticket < left[s]) {
        left[s]--;
        return SPLITS[s];
      }
      ticket -= left[s];
    }
  }
}

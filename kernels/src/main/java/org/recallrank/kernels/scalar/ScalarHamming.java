package org.recallrank.kernels.scalar;

import org.recallrank.kernels.Workers;
import org.recallrank.kernels.base.HammingBase;

/** Exclusive or and a bit count per word. */
final class ScalarHamming extends HammingBase {
  ScalarHamming(Workers workers) {
    super(workers);
  }

  @Override
  protected void distanceRange(
      long[] query,
      int queryOffset,
      long[] pool,
      int poolOffset,
      int n,
      int words,
      int[] distance,
      int distanceOffset) {
    for (int i = 0; i < n; i++) {
      distance[distanceOffset + i] =
          distance(query, queryOffset, pool, poolOffset + i * words, words);
    }
  }

  @Override
  protected void listDistances(
      long[] query,
      int queryOffset,
      long[] pool,
      int[] candidates,
      int first,
      int n,
      int words,
      int[] distance) {
    for (int i = 0; i < n; i++) {
      distance[i] = distance(query, queryOffset, pool, candidates[first + i] * words, words);
    }
  }
}

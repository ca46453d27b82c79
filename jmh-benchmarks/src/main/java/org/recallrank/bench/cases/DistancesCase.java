package org.recallrank.bench.cases;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.recallrank.kernels.BitMatrix;
import org.recallrank.kernels.Kernels;

/** Hamming distances of one query to each signature of a pool. All bits are random. */
public final class DistancesCase implements KernelCase {
  public final int n;
  public final int words;

  /** [words]. */
  public final long[] query;

  /** [n, words]. */
  public final long[] pool;

  /** [n]. */
  public final int[] distance;

  public DistancesCase(int n, int bits) {
    this.n = n;
    this.words = bits / 64;
    SplittableRandom random = new SplittableRandom(42);
    query = Oracle.signatures(random, 1, words);
    pool = Oracle.signatures(random, n, words);
    distance = new int[n];
  }

  @Override
  public String name() {
    return "hamming distances of " + n + " " + 64 * words + " bits";
  }

  @Override
  public Work work() {
    double read = (double) Long.BYTES * words * (n + 1);
    return new Work(n, "distances", 0, read + (double) Integer.BYTES * n);
  }

  @Override
  public void reset() {
    Arrays.fill(distance, -1);
  }

  @Override
  public Object run(Kernels kernels) {
    kernels.hamming().distances(BitMatrix.of(query, words), BitMatrix.of(pool, words), distance, 0);
    return distance;
  }

  @Override
  public void compare() {
    for (int i = 0; i < n; i++) {
      Oracle.same(name(), i, distance[i], Oracle.hamming(query, 0, pool, i, words));
    }
  }
}

package org.recallrank.bench.cases;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.recallrank.kernels.Kernels;

/** The k nearest signatures of one pool to each of some queries. All bits are random. */
public final class HammingCase implements KernelCase {
  public final int n;
  public final int words;
  public final int queries;
  public final int k;

  /** [queries, words]. */
  public final long[] query;

  /** [n, words]. */
  public final long[] pool;

  /** [queries, k]. */
  public final int[] index;

  /** [queries, k]. */
  public final int[] distance;

  public HammingCase(int n, int bits, int queries, int k) {
    this.n = n;
    this.words = bits / 64;
    this.queries = queries;
    this.k = k;
    SplittableRandom random = new SplittableRandom(42);
    query = Oracle.signatures(random, queries, words);
    pool = Oracle.signatures(random, n, words);
    index = new int[queries * k];
    distance = new int[queries * k];
  }

  @Override
  public String name() {
    return "hamming top-" + k + " of " + n + " " + 64 * words + " bits " + queries + " queries";
  }

  /** The pool crosses the bus once for all queries. Work on integers only. */
  @Override
  public Work work() {
    double read = (double) Long.BYTES * words * (n + queries);
    double written = 2.0 * Integer.BYTES * queries * k;
    return new Work((double) n * queries, "distances", 0, read + written);
  }

  @Override
  public void reset() {
    Arrays.fill(index, -1);
    Arrays.fill(distance, -1);
  }

  @Override
  public Object run(Kernels kernels) {
    kernels.hamming().topK(query, 0, queries, pool, 0, n, words, k, index, distance);
    return index;
  }

  /** Sorts all positions by distance, then by position. */
  @Override
  public void compare() {
    long[] nearest = new long[n];
    for (int q = 0; q < queries; q++) {
      for (int i = 0; i < n; i++) {
        nearest[i] = (long) Oracle.hamming(query, q, pool, i, words) << 32 | i;
      }
      Arrays.sort(nearest);
      for (int j = 0; j < k; j++) {
        Oracle.same(name() + " index", q * k + j, index[q * k + j], (int) nearest[j]);
        Oracle.same(name() + " distance", q * k + j, distance[q * k + j], nearest[j] >> 32);
      }
    }
  }
}

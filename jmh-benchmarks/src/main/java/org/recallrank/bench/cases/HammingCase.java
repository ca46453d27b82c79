package org.recallrank.bench.cases;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.recallrank.kernels.BitMatrix;
import org.recallrank.kernels.HammingKernel.TopK;
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
    kernels
        .hamming()
        .topK(BitMatrix.of(query, words), BitMatrix.of(pool, words), k, new TopK(index, distance));
    return index;
  }

  /**
   * The k found are right if they are of the pool, in order, with their distances, and if no more
   * of the pool come before or with the last of them. Order is by distance, then by position.
   */
  @Override
  public void compare() {
    for (int q = 0; q < queries; q++) {
      long last = -1;
      for (int j = q * k; j < (q + 1) * k; j++) {
        if (index[j] < 0 || index[j] >= n) {
          throw new AssertionError(
              name() + " index[" + j + "]: expected 0 to " + (n - 1) + ", found " + index[j]);
        }
        Oracle.same(name() + " distance", j, distance[j], distanceOf(q, index[j]));
        long place = place(distance[j], index[j]);
        if (place <= last) {
          throw new AssertionError(
              name() + " index[" + j + "]: " + index[j] + " does not come after the one before it");
        }
        last = place;
      }
      int upToLast = 0;
      for (int i = 0; i < n; i++) {
        upToLast += place(distanceOf(q, i), i) <= last ? 1 : 0;
      }
      Oracle.same(name() + " signatures up to the last found", q, upToLast, k);
    }
  }

  private int distanceOf(int q, int i) {
    return Oracle.hamming(query, q, pool, i, words);
  }

  private static long place(int distance, int position) {
    return (long) distance << 32 | position;
  }
}

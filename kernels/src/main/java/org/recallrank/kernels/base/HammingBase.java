package org.recallrank.kernels.base;

import org.recallrank.kernels.BitMatrix;
import org.recallrank.kernels.HammingKernel;
import org.recallrank.kernels.Ids;
import org.recallrank.kernels.Scratch;
import org.recallrank.kernels.Workers;

/**
 * What the backends share of {@link HammingKernel}: checks, chunks, distances by an exclusive or
 * and a bit count per word, and selection by counting (see {@link CountingTopK}). A backend
 * replaces {@link #distanceRange} where it has a faster one, and {@link #topKOfPool} where it knows
 * better than to keep a distance per signature.
 */
public abstract class HammingBase implements HammingKernel {
  private static final int GRAIN = 1 << 15;

  /** Distance computations per chunk of small lists. */
  private static final int LIST_GRAIN = 1 << 14;

  protected final Workers workers;
  private final Scratch distanceScratch = new Scratch();
  private final Scratch countScratch = new Scratch();
  private final Scratch positionScratch = new Scratch();

  protected HammingBase(Workers workers) {
    this.workers = workers;
  }

  @Override
  public final void distances(BitMatrix query, BitMatrix pool, int[] distance, int distanceOffset) {
    Checks.hammingDistances(query, pool, distance, distanceOffset);
    workers.forRanges(
        pool.rows(),
        GRAIN,
        (from, to) -> distanceRange(query, 0, pool, from, to, distance, distanceOffset + from));
  }

  @Override
  public final void topK(BitMatrix queries, BitMatrix pool, int k, TopK result) {
    Checks.hammingTopK(queries, pool, k, result);
    topKOfPool(queries, pool, k, result);
  }

  /** {@link #topK} with arguments that are known to fit: all distances, then counting. */
  protected void topKOfPool(BitMatrix queries, BitMatrix pool, int k, TopK result) {
    int grain = Math.max(1, LIST_GRAIN / pool.rows());
    if (workers.threads() == 1 || queries.rows() <= grain) { // no lambda, hence no object
      topKOfPool(queries, 0, queries.rows(), pool, k, result);
      return;
    }
    workers.forRanges(
        queries.rows(), grain, (from, to) -> topKOfPool(queries, from, to, pool, k, result));
  }

  private void topKOfPool(BitMatrix queries, int from, int to, BitMatrix pool, int k, TopK result) {
    int n = pool.rows();
    int[] all = distanceScratch.ints(n);
    for (int q = from; q < to; q++) {
      distanceRange(queries, q, pool, 0, n, all, 0);
      select(all, n, pool.bits(), k, result, q);
    }
  }

  @Override
  public final void topKOfLists(
      BitMatrix queries, Ids queryRow, BitMatrix pool, Lists lists, int k, int[] position) {
    Checks.hammingTopKOfLists(queries, queryRow, pool, lists, k, position);
    String op = "hamming.topKOfLists";
    int length = lists.length();
    TopK result = new TopK(position, null);
    workers.forRanges(
        queryRow.size(),
        Math.max(1, LIST_GRAIN / length),
        (from, to) -> {
          int[] all = distanceScratch.ints(length);
          for (int b = from; b < to; b++) {
            int q = Checks.row(op, "queries", queryRow, b, queries.rows());
            int list = Checks.row(op, "lists", lists.of(), b, lists.count());
            listDistances(queries, q, pool, lists.candidates(), list * length, length, all);
            select(all, length, pool.bits(), k, result, b);
          }
        });
  }

  /** Distances of row q of the queries to rows {@code from} to {@code to} - 1 of the pool. */
  protected void distanceRange(
      BitMatrix queries, int q, BitMatrix pool, int from, int to, int[] distance, int at) {
    long[] data = pool.data();
    int words = pool.words();
    for (int i = from; i < to; i++) {
      distance[at + i - from] = distance(queries.data(), queries.at(q), data, pool.at(i), words);
    }
  }

  /** Distances of row q of the queries to the rows named by n candidates from the first on. */
  private static void listDistances(
      BitMatrix queries, int q, BitMatrix pool, int[] candidates, int first, int n, int[] all) {
    for (int i = first; i < first + n; i++) {
      Checks.row("hamming.topKOfLists", "pool", candidates[i], pool.rows(), i);
    }
    long[] data = pool.data();
    int offset = pool.offset();
    int words = pool.words();
    int queryAt = queries.at(q);
    if (words == 1) {
      long query = queries.data()[queryAt];
      for (int i = 0; i < n; i++) {
        all[i] = Long.bitCount(query ^ data[offset + candidates[first + i]]);
      }
      return;
    }
    for (int i = 0; i < n; i++) {
      int at = offset + candidates[first + i] * words;
      all[i] = distance(queries.data(), queryAt, data, at, words);
    }
  }

  /** Number of differing bits of two signatures. */
  private static int distance(long[] a, int aAt, long[] b, int bAt, int words) {
    int d = 0;
    for (int w = 0; w < words; w++) {
      d += Long.bitCount(a[aAt + w] ^ b[bAt + w]);
    }
    return d;
  }

  /** Query q's k nearest of n with these distances, each in 0 to {@code largest}. */
  protected final void select(int[] distance, int n, int largest, int k, TopK result, int q) {
    int[] start = countScratch.ints(CountingTopK.room(largest));
    int last = CountingTopK.last(distance, n, largest, start, k);
    int[] position = positionScratch.ints(n);
    notLarger(distance, n, last, position);
    CountingTopK.place(distance, position, start, k, result, q);
  }

  /** Writes the positions of the n distances that are not larger than {@code last}, ascending. */
  protected void notLarger(int[] distance, int n, int last, int[] position) {
    int found = 0;
    for (int i = 0; i < n; i++) {
      position[found] = i; // without a branch: which ones are close cannot be foreseen
      found += distance[i] <= last ? 1 : 0;
    }
  }
}

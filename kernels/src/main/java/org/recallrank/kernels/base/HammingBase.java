package org.recallrank.kernels.base;

import org.recallrank.kernels.HammingKernel;
import org.recallrank.kernels.Scratch;
import org.recallrank.kernels.Workers;

/**
 * What the backends share of {@link HammingKernel}: checks, chunks, and selection by counting (see
 * {@link CountingTopK}). A backend supplies the distances, and may replace {@link #topKOfPool}
 * where it knows better than to keep a distance per signature.
 */
public abstract class HammingBase implements HammingKernel {
  private static final int GRAIN = 1 << 15;

  /** Distance computations per chunk of small lists. */
  private static final int LIST_GRAIN = 1 << 14;

  protected final Workers workers;
  private final Scratch distanceScratch = new Scratch();
  private final Scratch countScratch = new Scratch();

  protected HammingBase(Workers workers) {
    this.workers = workers;
  }

  @Override
  public final void distances(
      long[] query,
      int queryOffset,
      long[] pool,
      int poolOffset,
      int n,
      int words,
      int[] distance,
      int distanceOffset) {
    Checks.hammingDistances(
        query, queryOffset, pool, poolOffset, n, words, distance, distanceOffset);
    workers.forRanges(
        n,
        GRAIN,
        (from, to) ->
            distanceRange(
                query,
                queryOffset,
                pool,
                poolOffset + from * words,
                to - from,
                words,
                distance,
                distanceOffset + from));
  }

  @Override
  public final void topK(
      long[] query,
      int queryOffset,
      int queries,
      long[] pool,
      int poolOffset,
      int n,
      int words,
      int k,
      int[] index,
      int[] distance) {
    Checks.hammingTopK(query, queryOffset, queries, pool, poolOffset, n, words, k, index, distance);
    topKOfPool(query, queryOffset, queries, pool, poolOffset, n, words, k, index, distance);
  }

  /** {@link #topK} with arguments that are known to fit: all distances, then counting. */
  protected void topKOfPool(
      long[] query,
      int queryOffset,
      int queries,
      long[] pool,
      int poolOffset,
      int n,
      int words,
      int k,
      int[] index,
      int[] distance) {
    workers.forRanges(
        queries,
        Math.max(1, LIST_GRAIN / n),
        (from, to) -> {
          int[] all = distanceScratch.ints(n);
          int[] counts = countScratch.ints(64 * words + 2);
          for (int q = from; q < to; q++) {
            distanceRange(query, queryOffset + q * words, pool, poolOffset, n, words, all, 0);
            CountingTopK.select(all, 0, n, 64 * words, k, counts, index, distance, q * k);
          }
        });
  }

  @Override
  public final void topKOfLists(
      long[] querySignatures,
      int[] queryRow,
      int batch,
      long[] poolSignatures,
      int[] candidates,
      int listLength,
      int[] listOf,
      int words,
      int k,
      int[] position) {
    String op = "hamming.topKOfLists";
    Checks.hammingTopKOfLists(queryRow, batch, listLength, listOf, words, k, position);
    int queries = querySignatures.length / words;
    int signatures = poolSignatures.length / words;
    int lists = candidates.length / listLength;
    workers.forRanges(
        batch,
        Math.max(1, LIST_GRAIN / listLength),
        (from, to) -> {
          int[] all = distanceScratch.ints(listLength);
          int[] counts = countScratch.ints(64 * words + 2);
          for (int b = from; b < to; b++) {
            int q = Checks.row(op, "querySignatures", queryRow[b], queries, b);
            int first = Checks.row(op, "candidates", listOf[b], lists, b) * listLength;
            for (int i = first; i < first + listLength; i++) {
              Checks.row(op, "poolSignatures", candidates[i], signatures, i);
            }
            listDistances(
                querySignatures,
                q * words,
                poolSignatures,
                candidates,
                first,
                listLength,
                words,
                all);
            CountingTopK.select(all, 0, listLength, 64 * words, k, counts, position, null, b * k);
          }
        });
  }

  /** Distances of n consecutive signatures. */
  protected abstract void distanceRange(
      long[] query,
      int queryOffset,
      long[] pool,
      int poolOffset,
      int n,
      int words,
      int[] distance,
      int distanceOffset);

  /** Distances of the signatures named by n candidate ids, which are known to be in range. */
  protected abstract void listDistances(
      long[] query,
      int queryOffset,
      long[] pool,
      int[] candidates,
      int first,
      int n,
      int words,
      int[] distance);

  /** Number of differing bits of two signatures. */
  protected static int distance(long[] a, int aAt, long[] b, int bAt, int words) {
    int d = 0;
    for (int w = 0; w < words; w++) {
      d += Long.bitCount(a[aAt + w] ^ b[bAt + w]);
    }
    return d;
  }
}

package org.recallrank.kernels;

/**
 * Hamming distances between signatures, and the nearest ones.
 *
 * <p>A signature is {@code words} consecutive longs. The k nearest come in order of ascending
 * distance; of equal distances the lower position comes first, on every backend.
 */
public interface HammingKernel {

  /** distance[i] = number of differing bits between the query and signature i of the pool. */
  void distances(
      long[] query,
      int queryOffset,
      long[] pool,
      int poolOffset,
      int n,
      int words,
      int[] distance,
      int distanceOffset);

  /**
   * The k nearest of the n signatures of a pool, for each of {@code queries} queries (one after the
   * other in memory). Row q of the results is [q * k, q * k + k).
   *
   * @param index positions in the pool, 0 to n - 1
   * @throws IllegalArgumentException if k &lt; 1 or k &gt; n
   */
  void topK(
      long[] query,
      int queryOffset,
      int queries,
      long[] pool,
      int poolOffset,
      int n,
      int words,
      int k,
      int[] index,
      int[] distance);

  /**
   * The k nearest within one small candidate list per query: query b is signature queryRow[b] of
   * querySignatures; its candidates are the ids candidates[listOf[b] * listLength ..+listLength),
   * signatures of poolSignatures. RAR's selection (Eq. 1 and 2): one query per target, one list per
   * user.
   *
   * @param position positions within the list, [batch, k], by the rule above
   */
  void topKOfLists(
      long[] querySignatures,
      int[] queryRow,
      int batch,
      long[] poolSignatures,
      int[] candidates,
      int listLength,
      int[] listOf,
      int words,
      int k,
      int[] position);
}

package org.recallrank.kernels;

/**
 * Hamming distances between signatures, the rows of bit matrices, and the nearest ones.
 *
 * <p>The k nearest come in order of ascending distance; of equal distances the lower position comes
 * first, on every backend.
 */
public interface HammingKernel {

  /**
   * Receives the nearest of each query: query q's are elements q * k to q * k + k - 1.
   *
   * @param index their positions
   * @param distance their distances
   */
  record TopK(int[] index, int[] distance) {}

  /**
   * One candidate list for each of some queries.
   *
   * @param candidates the lists, one after the other: rows of a pool
   * @param length of a list
   * @param of which list is each query's
   */
  record Lists(int[] candidates, int length, Ids of) {
    /**
     * Checks the length; whether candidates are rows of the pool is for the call to see.
     *
     * @throws IllegalArgumentException if the length is not at least 1
     */
    public Lists {
      if (length < 1) {
        throw new IllegalArgumentException("lists: length must be at least 1: " + length);
      }
    }

    /** How many there are. */
    public int count() {
      return candidates.length / length;
    }
  }

  /**
   * distance[distanceOffset + i] = number of differing bits between the query and row i of the
   * pool.
   *
   * @param query one row
   */
  void distances(BitMatrix query, BitMatrix pool, int[] distance, int distanceOffset);

  /**
   * The k nearest rows of a pool for each query.
   *
   * @throws IllegalArgumentException if k &lt; 1 or k is more than the pool's rows
   */
  void topK(BitMatrix queries, BitMatrix pool, int k, TopK result);

  /**
   * The k nearest within one small candidate list per query. RAR's selection (Eq. 1 and 2): one
   * query per target, one list per user.
   *
   * @param queryRow which row of {@code queries} is each query
   * @param position receives positions within the list, [batch, k], by the rule above
   * @throws IndexOutOfBoundsException if a row of {@code queries} or of the pool, or a list, is not
   *     there
   */
  void topKOfLists(
      BitMatrix queries, Ids queryRow, BitMatrix pool, Lists lists, int k, int[] position);
}

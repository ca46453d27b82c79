package org.recallrank.model.enrich;

import java.util.Arrays;
import org.recallrank.kernels.HammingKernel.Lists;
import org.recallrank.kernels.Ids;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.Matrix;

/**
 * The k nearest of one candidate list per query by inner product of vectors: what SimHash stands in
 * for (section 3.1, "an intuitive idea is using the embedding and search k-nearest neighbor by
 * inner product"). Largest product first; of equal ones the lower position first.
 */
public final class ListNeighbours {
  private static final int GRAIN = 16;

  private ListNeighbours() {}

  /**
   * As {@code HammingKernel.topKOfLists} with vectors in place of signatures.
   *
   * @param vectors [.., dim] of queries and candidates
   * @param queries which row of them is each query
   * @param position of the k nearest within the list, [queries, k]
   */
  public static void topK(
      Kernels kernels, Matrix vectors, Ids queries, Lists lists, int k, int[] position) {
    int listLength = lists.length();
    if (k < 1 || k > listLength) {
      throw new IllegalArgumentException(
          "the nearest %d of a list of %d: expected 1 to %d".formatted(k, listLength, listLength));
    }
    kernels
        .workers()
        .forRanges(
            queries.size(),
            GRAIN,
            (from, to) -> {
              long[] keys = new long[listLength];
              for (int b = from; b < to; b++) {
                int query = vectors.at(queries.get(b), 0);
                int list = lists.of().get(b) * listLength;
                for (int i = 0; i < listLength; i++) {
                  int candidate = vectors.at(lists.candidates()[list + i], 0);
                  double product =
                      kernels
                          .math()
                          .dot(vectors.data(), query, vectors.data(), candidate, vectors.cols());
                  keys[i] = key((float) product, i);
                }
                Arrays.sort(keys);
                for (int j = 0; j < k; j++) {
                  position[b * k + j] = (int) keys[j];
                }
              }
            });
  }

  /** Ascending for falling scores, then for rising positions. */
  private static long key(float score, int position) {
    int bits = Float.floatToRawIntBits(score + 0f); // + 0 makes -0 a 0
    int ascending = bits ^ ((bits >> 31) & Integer.MAX_VALUE);
    return (long) ~ascending << 32 | position;
  }
}

package org.recallrank.model.enrich;

import java.util.function.Function;
import org.recallrank.kernels.BitMatrix;
import org.recallrank.kernels.HammingKernel.Lists;
import org.recallrank.kernels.Ids;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.Matrix;

/** The similarity f of Eq. 1 and the top k of Eq. 2, for entities of one kind. */
@FunctionalInterface
interface Neighbours {

  /**
   * Finds the k nearest of each query's list.
   *
   * @param queries which entity is each query
   * @param lists of candidates, in arrays that never change
   * @param position receives their positions within the list, the nearest first, [queries, k]
   */
  void nearest(Kernels kernels, Ids queries, Lists lists, int k, int[] position);

  /** By the Hamming distance of signatures (Eq. 3 and 4), a row of bits for each entity. */
  static Neighbours bySignature(Function<Kernels, BitMatrix> signatures) {
    return (kernels, queries, lists, k, position) -> {
      BitMatrix all = signatures.apply(kernels);
      kernels.device().keep(lists.candidates(), 0);
      kernels.hamming().topKOfLists(all, queries, all, lists, k, position);
    };
  }

  /**
   * By the inner product of vectors.
   *
   * @param vectors [entities, dim]
   */
  static Neighbours byInnerProduct(Matrix vectors) {
    return (kernels, queries, lists, k, position) ->
        ListNeighbours.topK(kernels, vectors, queries, lists, k, position);
  }

  /** By the order of the list alone. */
  static Neighbours first() {
    return (kernels, queries, lists, k, position) -> {
      for (int i = 0; i < queries.size() * k; i++) {
        position[i] = i % k;
      }
    };
  }
}

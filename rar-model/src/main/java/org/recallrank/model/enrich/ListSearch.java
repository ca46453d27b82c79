package org.recallrank.model.enrich;

import java.util.Arrays;
import org.recallrank.kernels.BitMatrix;
import org.recallrank.kernels.HammingKernel.Lists;
import org.recallrank.kernels.HammingKernel.TopK;
import org.recallrank.kernels.Ids;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.Matrix;

/**
 * {@link Neighbours} for one list at a time: built once for its arrays, run for whatever stands in
 * them.
 */
@FunctionalInterface
interface ListSearch {

  /** Fills in the nearest. */
  void run();

  /**
   * The arrays of a search.
   *
   * @param targets which entity is each query
   * @param list the candidates
   * @param k how many for each query
   * @param nearest receives positions within the list, the nearest first, [queries, k]
   */
  record Places(int[] targets, int[] list, int k, int[] nearest) {}

  /** Builds searches. */
  @FunctionalInterface
  interface Builder {
    /** For these arrays. */
    ListSearch build(Kernels kernels, Places arrays);
  }

  /** By the Hamming distance of signatures, a row of bits for each entity. */
  static Builder bySignature(BitMatrix signatures) {
    return (kernels, arrays) -> {
      int words = signatures.words();
      int queries = arrays.targets.length;
      // What is compared lies in one piece, so that it is read by vectors.
      BitMatrix of = BitMatrix.of(new long[queries * words], words);
      BitMatrix list = BitMatrix.of(new long[arrays.list.length * words], words);
      TopK result = new TopK(arrays.nearest, new int[queries * arrays.k]);
      return () -> {
        copy(signatures, arrays.targets, of);
        copy(signatures, arrays.list, list);
        kernels.hamming().topK(of, list, arrays.k, result);
      };
    };
  }

  private static void copy(BitMatrix from, int[] rows, BitMatrix to) {
    int words = from.words();
    for (int i = 0; i < rows.length; i++) {
      for (int w = 0; w < words; w++) {
        to.data()[i * words + w] = from.data()[from.at(rows[i]) + w];
      }
    }
  }

  /** By the inner product of vectors, [entities, dim]. */
  static Builder byInnerProduct(Matrix vectors) {
    return (kernels, arrays) -> {
      Ids queries = Ids.of(arrays.targets);
      Lists lists =
          new Lists(arrays.list, arrays.list.length, Ids.of(new int[arrays.targets.length]));
      return () -> ListNeighbours.topK(kernels, vectors, queries, lists, arrays.k, arrays.nearest);
    };
  }

  /** By the order of the list alone. */
  static Builder first() {
    return (kernels, arrays) -> {
      Arrays.setAll(arrays.nearest, i -> i % arrays.k);
      return () -> {};
    };
  }
}

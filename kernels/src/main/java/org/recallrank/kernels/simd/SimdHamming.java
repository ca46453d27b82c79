package org.recallrank.kernels.simd;

import static org.recallrank.kernels.simd.Lanes.LONGS;
import static org.recallrank.kernels.simd.Lanes.N;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.recallrank.kernels.Scratch;
import org.recallrank.kernels.Workers;
import org.recallrank.kernels.base.CountingTopK;
import org.recallrank.kernels.base.HammingBase;

/**
 * Exclusive or and bit count a vector of words at a time: one instruction each where the machine
 * has VPOPCNTQ, a table look-up in registers (VPSHUFB) where it has AVX2 only.
 *
 * <p>Small pools: all distances, then counting (the base class). Large pools: the pool is walked in
 * blocks that stay in L1, each for a group of queries before the next is read, so that memory is
 * read once per group. Each query keeps the largest distance that can still matter; that limit
 * falls fast, and from then on four vectors of distances are dismissed by one test, without ever
 * being written ({@link Nearest}).
 */
final class SimdHamming extends HammingBase {
  /** Up to here counting is faster. */
  private static final int SMALL_POOL = 1 << 10;

  /** Words of the pool per block: they stay in L1. */
  private static final int BLOCK_WORDS = 1 << 11;

  /** Signatures per chunk of work. */
  private static final int PART = 1 << 17;

  private static final int QUERY_GROUP = 16;

  private static final VectorSpecies<Integer> HALF_INTS =
      VectorSpecies.of(int.class, VectorShape.forBitSize(Math.max(64, LONGS.vectorBitSize() / 2)));

  private final Scratch candidateIndex = new Scratch();
  private final Scratch candidateDistance = new Scratch();
  private final Scratch counts = new Scratch();

  SimdHamming(Workers workers) {
    super(workers);
  }

  @Override
  protected void distanceRange(
      long[] query,
      int queryOffset,
      long[] pool,
      int poolOffset,
      int n,
      int words,
      int[] distance,
      int distanceOffset) {
    if (words > 1) {
      for (int i = 0; i < n; i++) {
        distance[distanceOffset + i] =
            distance(query, queryOffset, pool, poolOffset + i * words, words);
      }
      return;
    }
    LongVector q = LongVector.broadcast(LONGS, query[queryOffset]);
    int i = 0;
    for (; i < LONGS.loopBound(n); i += N / 2) {
      LongVector bits =
          LongVector.fromArray(LONGS, pool, poolOffset + i)
              .lanewise(VectorOperators.XOR, q)
              .lanewise(VectorOperators.BIT_COUNT);
      ((IntVector) bits.convertShape(VectorOperators.L2I, HALF_INTS, 0))
          .intoArray(distance, distanceOffset + i);
    }
    for (; i < n; i++) {
      distance[distanceOffset + i] = Long.bitCount(query[queryOffset] ^ pool[poolOffset + i]);
    }
  }

  @Override
  protected void listDistances(
      long[] query,
      int queryOffset,
      long[] pool,
      int[] candidates,
      int first,
      int n,
      int words,
      int[] distance) {
    if (words == 1) {
      long q = query[queryOffset];
      for (int i = 0; i < n; i++) {
        distance[i] = Long.bitCount(q ^ pool[candidates[first + i]]);
      }
      return;
    }
    for (int i = 0; i < n; i++) {
      distance[i] = distance(query, queryOffset, pool, candidates[first + i] * words, words);
    }
  }

  @Override
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
    if (n <= SMALL_POOL) {
      super.topKOfPool(query, queryOffset, queries, pool, poolOffset, n, words, k, index, distance);
      return;
    }
    int parts = Workers.chunks(n, PART);
    int groups = Workers.chunks(queries, QUERY_GROUP);
    // The k best of each part, for each query: row (query, part).
    int rows = queries * parts;
    int[] bestIndex = candidateIndex.ints(Math.multiplyExact(rows, k));
    int[] bestDistance = candidateDistance.ints(rows * k);
    int[] found = new int[rows];
    workers.forChunks(
        parts * groups,
        chunk -> {
          int part = chunk / groups;
          int firstQuery = chunk % groups * QUERY_GROUP;
          int endQuery = Math.min(queries, firstQuery + QUERY_GROUP);
          Nearest[] nearest = new Nearest[endQuery - firstQuery];
          for (int q = 0; q < nearest.length; q++) {
            nearest[q] = new Nearest(query, queryOffset + (firstQuery + q) * words, words, k);
          }
          int end = Math.min(n, (part + 1) * PART);
          int block = Math.max(1, BLOCK_WORDS / words);
          for (int from = part * PART; from < end; from += block) {
            int to = Math.min(end, from + block);
            for (Nearest each : nearest) {
              each.offer(pool, poolOffset, from, to);
            }
          }
          for (int q = 0; q < nearest.length; q++) {
            int row = (firstQuery + q) * parts + part;
            found[row] = nearest[q].copyTo(bestIndex, bestDistance, row * k);
          }
        });
    int[] count = counts.ints(64 * words + 2);
    for (int q = 0; q < queries; q++) {
      // Close the gaps of parts with fewer than k, then count once more over all parts.
      int at = q * parts * k;
      int size = 0;
      for (int part = 0; part < parts; part++) {
        int from = at + part * k;
        System.arraycopy(bestIndex, from, bestIndex, at + size, found[q * parts + part]);
        System.arraycopy(bestDistance, from, bestDistance, at + size, found[q * parts + part]);
        size += found[q * parts + part];
      }
      CountingTopK.select(bestDistance, at, size, 64 * words, k, count, index, distance, q * k);
      for (int i = q * k; i < q * k + k; i++) {
        index[i] = bestIndex[at + index[i]];
      }
    }
  }
}

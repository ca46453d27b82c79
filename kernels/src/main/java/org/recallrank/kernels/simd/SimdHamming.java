package org.recallrank.kernels.simd;

import static org.recallrank.kernels.simd.Lanes.INTS;
import static org.recallrank.kernels.simd.Lanes.LONGS;
import static org.recallrank.kernels.simd.Lanes.N;

import java.util.Arrays;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.recallrank.kernels.BitMatrix;
import org.recallrank.kernels.Scratch;
import org.recallrank.kernels.Workers;
import org.recallrank.kernels.base.HammingBase;

/**
 * Exclusive or and bit count a vector of words at a time: one instruction each where the machine
 * has VPOPCNTQ, a table look-up in registers (VPSHUFB) where it has AVX2 only.
 *
 * <p>Small pools: all distances, then counting (the base class). Large pools: the pool is walked in
 * blocks that stay in L1, each for a group of queries before the next is read, so that memory is
 * read once per group. Each query keeps the largest distance that can still matter; that limit
 * falls fast, and from then on four vectors of distances are dismissed by one test, without ever
 * being written ({@link NearestSignatures}).
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

  SimdHamming(Workers workers) {
    super(workers);
  }

  @Override
  protected void distanceRange(
      BitMatrix queries, int q, BitMatrix pool, int from, int to, int[] distance, int at) {
    if (pool.words() > 1) {
      super.distanceRange(queries, q, pool, from, to, distance, at);
      return;
    }
    long[] data = pool.data();
    int first = pool.at(from);
    int n = to - from;
    long query = queries.data()[queries.at(q)];
    LongVector all = LongVector.broadcast(LONGS, query);
    int i = 0;
    for (; i < LONGS.loopBound(n); i += N / 2) {
      LongVector bits =
          LongVector.fromArray(LONGS, data, first + i)
              .lanewise(VectorOperators.XOR, all)
              .lanewise(VectorOperators.BIT_COUNT);
      ((IntVector) bits.convertShape(VectorOperators.L2I, HALF_INTS, 0))
          .intoArray(distance, at + i);
    }
    for (; i < n; i++) {
      distance[at + i] = Long.bitCount(query ^ data[first + i]);
    }
  }

  @Override
  protected void notLarger(int[] distance, int n, int last, int[] position) {
    int found = 0;
    int i = 0;
    for (; i < INTS.loopBound(n); i += N) {
      long close =
          IntVector.fromArray(INTS, distance, i).compare(VectorOperators.LE, last).toLong();
      while (close != 0) {
        position[found++] = i + Long.numberOfTrailingZeros(close);
        close &= close - 1;
      }
    }
    for (; i < n; i++) {
      position[found] = i;
      found += distance[i] <= last ? 1 : 0;
    }
  }

  @Override
  protected void topKOfPool(BitMatrix queries, BitMatrix pool, int k, TopK result) {
    int n = pool.rows();
    if (n <= SMALL_POOL) {
      super.topKOfPool(queries, pool, k, result);
      return;
    }
    int parts = Workers.chunks(n, PART);
    int groups = Workers.chunks(queries.rows(), QUERY_GROUP);
    // The k best of each part, for each query: row (query, part).
    int rows = queries.rows() * parts;
    int room = Math.multiplyExact(rows, k);
    TopK best = new TopK(candidateIndex.ints(room), candidateDistance.ints(room));
    int[] found = new int[rows];
    workers.forChunks(
        parts * groups,
        chunk -> {
          int part = chunk / groups;
          int first = chunk % groups * QUERY_GROUP;
          NearestSignatures[] nearest =
              new NearestSignatures[Math.min(QUERY_GROUP, queries.rows() - first)];
          Arrays.setAll(nearest, q -> new NearestSignatures(queries, first + q, k));
          walk(pool, part * PART, Math.min(n, (part + 1) * PART), nearest);
          for (int q = 0; q < nearest.length; q++) {
            int row = (first + q) * parts + part;
            found[row] = nearest[q].copyTo(best, row * k);
          }
        });
    for (int q = 0; q < queries.rows(); q++) {
      // All parts without the gaps of those with fewer than k, where earlier queries' were; then
      // count once more.
      int size = 0;
      for (int row = q * parts; row < (q + 1) * parts; row++) {
        System.arraycopy(best.index(), row * k, best.index(), size, found[row]);
        System.arraycopy(best.distance(), row * k, best.distance(), size, found[row]);
        size += found[row];
      }
      select(best.distance(), size, pool.bits(), k, result, q);
      for (int i = q * k; i < (q + 1) * k; i++) {
        result.index()[i] = best.index()[result.index()[i]];
      }
    }
  }

  /** Block by block, each offered to all queries before the next is read. */
  private static void walk(BitMatrix pool, int first, int end, NearestSignatures[] nearest) {
    int block = Math.max(1, BLOCK_WORDS / pool.words());
    for (int from = first; from < end; from += block) {
      for (NearestSignatures each : nearest) {
        each.offer(pool, from, Math.min(end, from + block));
      }
    }
  }
}

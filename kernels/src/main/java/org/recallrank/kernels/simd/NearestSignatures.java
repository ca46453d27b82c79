package org.recallrank.kernels.simd;

import static org.recallrank.kernels.simd.Lanes.LONGS;

import java.util.Arrays;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;
import org.recallrank.kernels.BitMatrix;
import org.recallrank.kernels.HammingKernel.TopK;

/**
 * The k nearest signatures to one query, of a pool that is walked once in order of position.
 *
 * <p>Kept are all that were within the limit when they came; the limit is the distance of the k-th
 * nearest so far, less one once k are there (of equal distances the earlier position counts). After
 * a few hundred signatures hardly any is within it, so the walk is made for dismissing: several
 * distances are computed in registers and one test tells that all are beyond the limit.
 */
final class NearestSignatures {
  private static final int LONG_LANES = LONGS.length();

  /** Four words of a signature; the shape is there wherever vectors have at least 256 bits. */
  private static final VectorSpecies<Long> FOUR_WORDS = LongVector.SPECIES_256;

  /** The top bit of each of the four 16-bit fields of a word. */
  private static final long TOP_BITS = 0x8000_8000_8000_8000L;

  private static final long ONES = 0x0001_0001_0001_0001L;

  // Lane i of the result is lane i ^ 2, or i ^ 1, of the argument.
  private static final VectorShuffle<Long> PAIRS = VectorShuffle.fromOp(LONGS, i -> i ^ 2);
  private static final VectorShuffle<Long> NEIGHBOURS = VectorShuffle.fromOp(LONGS, i -> i ^ 1);

  private final long[] query;
  private final int queryAt;
  private final int words;
  private final int k;
  private final int[] index;
  private final int[] distance;
  private final int[] count;
  private int size;
  private int limit;

  /** How many kept ones are at most {@link #limit} away. */
  private int within;

  /** To row q of the queries. */
  NearestSignatures(BitMatrix queries, int q, int k) {
    this.k = k;
    query = queries.data();
    queryAt = queries.at(q);
    words = queries.words();
    int room = Math.max(2 * k, 256);
    index = new int[room];
    distance = new int[room];
    count = new int[queries.bits() + 1];
    limit = queries.bits();
  }

  /** Looks at rows {@code from} to {@code to} - 1 of a pool. */
  void offer(BitMatrix rows, int from, int to) {
    long[] pool = rows.data();
    int poolOffset = rows.offset();
    int done;
    if (words == 1) {
      done = offerWords(pool, poolOffset, from, to);
    } else if (words == 4 && LONG_LANES % 4 == 0) {
      done = offerFourWords(pool, poolOffset, from, to);
    } else if (words % 4 == 0 && words < 512 && LONGS.vectorBitSize() >= 256) {
      done = offerFours(pool, poolOffset, from, to);
    } else {
      done = from;
    }
    for (int i = done; i < to; i++) {
      int d = 0;
      for (int w = 0; w < words; w++) {
        d += Long.bitCount(query[queryAt + w] ^ pool[poolOffset + i * words + w]);
      }
      take(d, i);
    }
  }

  /** Signatures of one word, four vectors of them at a time. Returns where it stopped. */
  private int offerWords(long[] pool, int poolOffset, int from, int to) {
    LongVector q = LongVector.broadcast(LONGS, query[queryAt]);
    LongVector beyond = LongVector.broadcast(LONGS, limit + 1L);
    int i = from;
    for (; i <= to - 4 * LONG_LANES; i += 4 * LONG_LANES) {
      int at = poolOffset + i;
      // Distance less the first that is beyond: negative means near.
      LongVector a = bits(pool, at, q).sub(beyond);
      LongVector b = bits(pool, at + LONG_LANES, q).sub(beyond);
      LongVector c = bits(pool, at + 2 * LONG_LANES, q).sub(beyond);
      LongVector d = bits(pool, at + 3 * LONG_LANES, q).sub(beyond);
      if (a.or(b).or(c.or(d)).compare(VectorOperators.LT, 0L).anyTrue()) {
        long near =
            a.compare(VectorOperators.LT, 0L).toLong()
                | b.compare(VectorOperators.LT, 0L).toLong() << LONG_LANES
                | c.compare(VectorOperators.LT, 0L).toLong() << 2 * LONG_LANES
                | d.compare(VectorOperators.LT, 0L).toLong() << 3 * LONG_LANES;
        takeWords(near, pool, poolOffset, i);
        beyond = LongVector.broadcast(LONGS, limit + 1L);
      }
    }
    return i;
  }

  private static LongVector bits(long[] pool, int at, LongVector q) {
    return LongVector.fromArray(LONGS, pool, at)
        .lanewise(VectorOperators.XOR, q)
        .lanewise(VectorOperators.BIT_COUNT);
  }

  private void takeWords(long near, long[] pool, int poolOffset, int first) {
    for (long left = near; left != 0; left &= left - 1) {
      int i = first + Long.numberOfTrailingZeros(left);
      take(Long.bitCount(query[queryAt] ^ pool[poolOffset + i]), i);
    }
  }

  /**
   * Signatures of four words, four vectors of them at a time. Returns where it stopped.
   *
   * <p>The bit counts of the four vectors are put side by side as 16-bit fields, so that the lanes
   * of a signature are added up once for four of them, and one test is for all.
   */
  private int offerFourWords(long[] pool, int poolOffset, int from, int to) {
    long[] lanes = new long[LONG_LANES];
    for (int lane = 0; lane < LONG_LANES; lane++) {
      lanes[lane] = query[queryAt + lane % 4];
    }
    LongVector q = LongVector.fromArray(LONGS, lanes, 0);
    LongVector topBits = LongVector.broadcast(LONGS, TOP_BITS);
    LongVector beyond = LongVector.broadcast(LONGS, (limit + 1) * ONES);
    int i = from;
    for (; i <= to - LONG_LANES; i += LONG_LANES) {
      int at = poolOffset + 4 * i;
      LongVector ab =
          bits(pool, at, q).or(bits(pool, at + LONG_LANES, q).lanewise(VectorOperators.LSHL, 16));
      LongVector cd =
          bits(pool, at + 2 * LONG_LANES, q)
              .or(bits(pool, at + 3 * LONG_LANES, q).lanewise(VectorOperators.LSHL, 16));
      LongVector sums = ab.or(cd.lanewise(VectorOperators.LSHL, 32));
      sums = sums.add(sums.rearrange(PAIRS));
      sums = sums.add(sums.rearrange(NEIGHBOURS));
      // A field keeps its top bit unless its distance is within the limit.
      LongVector far = sums.or(topBits).sub(beyond).and(topBits);
      if (far.compare(VectorOperators.NE, topBits).anyTrue()) {
        sums.intoArray(lanes, 0);
        takeFourWords(lanes, i);
        beyond = LongVector.broadcast(LONGS, (limit + 1) * ONES);
      }
    }
    return i;
  }

  /** Field v of lanes 4 g to 4 g + 3 is the distance of the g-th signature of vector v. */
  private void takeFourWords(long[] sums, int first) {
    int perVector = LONG_LANES / 4;
    for (int j = 0; j < LONG_LANES; j++) {
      take((int) (sums[j % perVector * 4] >>> j / perVector * 16) & 0xffff, first + j);
    }
  }

  /**
   * Signatures of a multiple of four words, four at a time. Returns where it stopped.
   *
   * <p>As {@link #offerFourWords}, in one word.
   */
  private int offerFours(long[] pool, int poolOffset, int from, int to) {
    int i = from;
    for (; i <= to - 4; i += 4) {
      int at = poolOffset + i * words;
      LongVector a = LongVector.zero(FOUR_WORDS);
      LongVector b = LongVector.zero(FOUR_WORDS);
      LongVector c = LongVector.zero(FOUR_WORDS);
      LongVector d = LongVector.zero(FOUR_WORDS);
      for (int w = 0; w < words; w += 4) {
        LongVector q = LongVector.fromArray(FOUR_WORDS, query, queryAt + w);
        a = a.add(fourBits(pool, at + w, q));
        b = b.add(fourBits(pool, at + words + w, q));
        c = c.add(fourBits(pool, at + 2 * words + w, q));
        d = d.add(fourBits(pool, at + 3 * words + w, q));
      }
      LongVector fields =
          a.or(b.lanewise(VectorOperators.LSHL, 16))
              .or(c.lanewise(VectorOperators.LSHL, 32).or(d.lanewise(VectorOperators.LSHL, 48)));
      long distances = fields.reduceLanes(VectorOperators.ADD);
      // A field keeps its top bit unless its distance is within the limit.
      long near = ~((distances | TOP_BITS) - (limit + 1) * ONES) & TOP_BITS;
      if (near != 0) {
        for (int j = 0; j < 4; j++) {
          take((int) (distances >>> 16 * j) & 0xffff, i + j);
        }
      }
    }
    return i;
  }

  private static LongVector fourBits(long[] pool, int at, LongVector q) {
    return LongVector.fromArray(FOUR_WORDS, pool, at)
        .lanewise(VectorOperators.XOR, q)
        .lanewise(VectorOperators.BIT_COUNT);
  }

  private void take(int d, int position) {
    if (d > limit) {
      return;
    }
    index[size] = position;
    distance[size++] = d;
    count[d]++;
    within++;
    while (within >= k && limit >= 0) {
      // k are within the limit: one more at that distance would come too late.
      within -= count[limit--];
    }
    if (size == index.length) {
      compact();
    }
  }

  /** Keeps the k nearest: all within the limit, and the earliest ones just beyond it. */
  private void compact() {
    int beyond = k - within;
    int kept = 0;
    for (int i = 0; i < size; i++) {
      int d = distance[i];
      if (d <= limit || (d == limit + 1 && beyond-- > 0)) {
        index[kept] = index[i];
        distance[kept++] = d;
      }
    }
    Arrays.fill(count, 0);
    for (int i = 0; i < kept; i++) {
      count[distance[i]]++;
    }
    size = kept;
  }

  /**
   * Writes what is kept, at most k of them, in order of position, from element {@code at} on.
   *
   * @return how many
   */
  int copyTo(TopK result, int at) {
    compact();
    System.arraycopy(index, 0, result.index(), at, size);
    System.arraycopy(distance, 0, result.distance(), at, size);
    return size;
  }
}

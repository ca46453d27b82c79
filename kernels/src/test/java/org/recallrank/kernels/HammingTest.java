package org.recallrank.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.recallrank.kernels.HammingKernel.Lists;
import org.recallrank.kernels.HammingKernel.TopK;

class HammingTest {
  static Stream<Kernels> backends() {
    return BackendsUnderTest.withVariants();
  }

  /** Signatures with few bits set, so that many distances are equal. */
  private static long[] signatures(Random random, int n, boolean manyTies) {
    long[] s = new long[n];
    for (int i = 0; i < n; i++) {
      s[i] = manyTies ? random.nextLong() & random.nextLong() & 0xf0f0L : random.nextLong();
    }
    return s;
  }

  private static int distance(long[] a, int aAt, long[] b, int bAt, int words) {
    int d = 0;
    for (int w = 0; w < words; w++) {
      for (long bits = a[aAt + w] ^ b[bAt + w]; bits != 0; bits >>>= 1) {
        d += (int) (bits & 1);
      }
    }
    return d;
  }

  @ParameterizedTest
  @MethodSource("backends")
  void distancesCountDifferingBits(Kernels kernels) {
    Random random = new Random(1);
    for (int words : new int[] {1, 2, 4}) {
      for (int n : BackendsUnderTest.sizes()) {
        long[] query = signatures(random, words + 1, false);
        long[] pool = signatures(random, 3 + n * words, false);
        int[] out = new int[n + 9];
        java.util.Arrays.fill(out, -7);
        kernels
            .hamming()
            .distances(new BitMatrix(query, 1, 1, words), new BitMatrix(pool, 3, n, words), out, 4);
        for (int i = 0; i < out.length; i++) {
          int expected =
              i >= 4 && i < 4 + n ? distance(query, 1, pool, 3 + (i - 4) * words, words) : -7;
          assertThat(out[i]).isEqualTo(expected);
        }
      }
    }
  }

  private static int[] nearest(int[] distance, int k) {
    return IntStream.range(0, distance.length)
        .boxed()
        .sorted(Comparator.<Integer>comparingInt(i -> distance[i]).thenComparingInt(i -> i))
        .limit(k)
        .mapToInt(Integer::intValue)
        .toArray();
  }

  @ParameterizedTest
  @MethodSource("backends")
  void topKIsSortedWithTiesByPosition(Kernels kernels) {
    Random random = new Random(2);
    for (int words : new int[] {1, 2}) {
      for (int n : new int[] {1, 2, 17, 300, 4095, 4097, 9001}) {
        for (int k : new int[] {1, 2, 20, 300, n}) {
          if (k <= n && k <= 4097) {
            checkTopK(kernels.hamming(), random, n, words, k, random.nextBoolean());
          }
        }
      }
    }
  }

  private static void checkTopK(
      HammingKernel kernel, Random random, int n, int words, int k, boolean manyTies) {
    int queries = 3;
    long[] query = signatures(random, 2 + queries * words, manyTies);
    long[] pool = signatures(random, 1 + n * words, manyTies);
    int[] index = new int[queries * k];
    int[] distance = new int[queries * k];
    kernel.topK(
        new BitMatrix(query, 2, queries, words),
        new BitMatrix(pool, 1, n, words),
        k,
        new TopK(index, distance));
    for (int q = 0; q < queries; q++) {
      int[] all = new int[n];
      for (int i = 0; i < n; i++) {
        all[i] = distance(query, 2 + q * words, pool, 1 + i * words, words);
      }
      int[] expected = nearest(all, k);
      for (int i = 0; i < k; i++) {
        assertThat(index[q * k + i])
            .as("n %d, words %d, k %d, rank %d", n, words, k, i)
            .isEqualTo(expected[i]);
        assertThat(distance[q * k + i]).isEqualTo(all[expected[i]]);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void topKOfALargePoolInSeveralParts(Kernels kernels) {
    Random random = new Random(3);
    checkTopK(kernels.hamming(), random, 300_001, 1, 50, false);
    checkTopK(kernels.hamming(), random, 300_001, 1, 50, true);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void topKWhereTheNearestComeLast(Kernels kernels) {
    int n = 20_000;
    long[] pool = new long[n];
    for (int i = 0; i < n; i++) {
      pool[i] = -1L << (i * 64L / n); // distance from 0 falls along the pool
    }
    int[] index = new int[700];
    int[] distance = new int[700];
    kernels
        .hamming()
        .topK(BitMatrix.of(new long[1], 1), BitMatrix.of(pool, 1), 700, new TopK(index, distance));
    int[] all = new int[n];
    for (int i = 0; i < n; i++) {
      all[i] = Long.bitCount(pool[i]);
    }
    assertThat(index).isEqualTo(nearest(all, 700));
  }

  @ParameterizedTest
  @MethodSource("backends")
  void topKOfListsFollowsTheListOfEachQuery(Kernels kernels) {
    Random random = new Random(4);
    for (int words : new int[] {1, 2}) {
      for (int listLength : new int[] {1, 7, 20, 300}) {
        int k = Math.min(listLength, 10);
        int lists = 13;
        int batch = 50;
        int signatures = 400;
        long[] queries = signatures(random, 31 * words, false);
        long[] pool = signatures(random, signatures * words, listLength == 20);
        int[] candidates = random.ints(lists * listLength, 0, signatures).toArray();
        int[] queryRow = random.ints(batch, 0, 31).toArray();
        int[] listOf = random.ints(batch, 0, lists).toArray();
        int[] position = new int[batch * k];
        kernels
            .hamming()
            .topKOfLists(
                BitMatrix.of(queries, words),
                Ids.of(queryRow),
                BitMatrix.of(pool, words),
                new Lists(candidates, listLength, Ids.of(listOf)),
                k,
                position);
        for (int b = 0; b < batch; b++) {
          int[] all = new int[listLength];
          for (int i = 0; i < listLength; i++) {
            int id = candidates[listOf[b] * listLength + i];
            all[i] = distance(queries, queryRow[b] * words, pool, id * words, words);
          }
          assertThat(java.util.Arrays.copyOfRange(position, b * k, b * k + k))
              .isEqualTo(nearest(all, k));
        }
      }
    }
  }

  @Test
  void sameForEveryNumberOfThreads() {
    Random random = new Random(5);
    long[] pool = signatures(random, 300_000, false);
    long[] query = signatures(random, 40, false);
    int[] first = null;
    for (int threads : new int[] {1, 2, 5}) {
      for (Kernels kernels : BackendsUnderTest.withThreads(threads)) {
        int[] index = new int[400];
        kernels
            .hamming()
            .topK(BitMatrix.of(query, 1), BitMatrix.of(pool, 1), 10, new TopK(index, new int[400]));
        if (first == null) {
          first = index;
        }
        assertThat(index).as("%s, %d threads", kernels.name(), threads).isEqualTo(first);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void saysWhatIsWrongWithTheArguments(Kernels kernels) {
    HammingKernel kernel = kernels.hamming();
    long[] words = new long[4];
    BitMatrix x = BitMatrix.of(words, 1);
    BitMatrix wide = BitMatrix.of(words, 2);
    int[] out = new int[8];
    TopK result = new TopK(out, out);
    assertThatThrownBy(() -> kernel.topK(x.rows(0, 1), x, 5, result))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("hamming.topK: k must be in 1 to 4: 5");
    assertThatThrownBy(() -> kernel.topK(x.rows(0, 1), x, 0, result))
        .hasMessage("hamming.topK: k must be in 1 to 4: 0");
    assertThatThrownBy(() -> kernel.topK(x, x, 4, result))
        .hasMessage("hamming.topK: index needs 16 elements from offset 0, but its array has 8");
    assertThatThrownBy(() -> kernel.topK(x, wide, 1, result))
        .hasMessage("hamming.topK: queries are [4, 64 bits], pool is [2, 128 bits]; bits differ");
    assertThatThrownBy(() -> kernel.distances(x, x, out, 0))
        .hasMessage("hamming.distances: query must be one row; it is [4, 64 bits]");
    assertThatThrownBy(() -> kernel.distances(x.rows(0, 1), x, out, 5))
        .hasMessage(
            "hamming.distances: distance needs 4 elements from offset 5, but its array has 8");
    assertThatThrownBy(() -> kernel.topKOfLists(x, first(0), x, lists(0, 4), 1, out))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessage("hamming.topKOfLists: index 4 at position 1 is outside pool of 4 rows");
    assertThatThrownBy(() -> kernel.topKOfLists(x, first(9), x, lists(0, 1), 1, out))
        .hasMessageContaining("index 9 at position 0 is outside queries of 4 rows");
    assertThatThrownBy(() -> kernel.topKOfLists(x, Ids.of(new int[2]), x, lists(0, 1), 1, out))
        .hasMessage("hamming.topKOfLists: 2 queries, but lists for 1");
  }

  private static Ids first(int row) {
    return Ids.of(new int[] {row});
  }

  private static Lists lists(int... candidates) {
    return new Lists(candidates, candidates.length, first(0));
  }

  @Test
  void aViewFitsItsArray() {
    long[] words = new long[4];
    assertThatThrownBy(() -> new BitMatrix(words, 0, 3, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("bit matrix of 3 rows needs 6 elements from offset 0, but its array has 4");
    assertThatThrownBy(() -> BitMatrix.of(words, 0)).hasMessageContaining("at least 1: 0");
    assertThatThrownBy(() -> BitMatrix.of(words, 2).rows(1, 2))
        .hasMessage("rows 1 to 3 are outside [2, 128 bits]");
    assertThat(BitMatrix.of(words, 2).rows(1, 1).at(0)).isEqualTo(2);
    assertThatThrownBy(() -> new Lists(new int[1], 0, first(0)))
        .hasMessage("lists: length must be at least 1: 0");
  }
}

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

class HammingTest {
  static Stream<Kernels> backends() {
    return Backends.withVariants();
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
      for (int n : Backends.sizes()) {
        long[] query = signatures(random, words + 1, false);
        long[] pool = signatures(random, 3 + n * words, false);
        int[] out = new int[n + 9];
        java.util.Arrays.fill(out, -7);
        kernels.hamming().distances(query, 1, pool, 3, n, words, out, 4);
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
    kernel.topK(query, 2, queries, pool, 1, n, words, k, index, distance);
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
    kernels.hamming().topK(new long[1], 0, 1, pool, 0, n, 1, 700, index, distance);
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
                queries, queryRow, batch, pool, candidates, listLength, listOf, words, k, position);
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
      for (Kernels kernels : Backends.withThreads(threads)) {
        int[] index = new int[400];
        kernels.hamming().topK(query, 0, 40, pool, 0, 300_000, 1, 10, index, new int[400]);
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
    long[] x = new long[4];
    int[] out = new int[8];
    assertThatThrownBy(() -> kernel.topK(x, 0, 1, x, 0, 4, 1, 5, out, out))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("hamming.topK: k must be in 1 to 4: 5");
    assertThatThrownBy(() -> kernel.topK(x, 0, 1, x, 0, 4, 1, 0, out, out))
        .hasMessage("hamming.topK: k must be in 1 to 4: 0");
    assertThatThrownBy(() -> kernel.distances(x, 0, x, 0, 3, 2, out, 0))
        .hasMessage("hamming.distances: pool needs 6 elements from offset 0, but its array has 4");
    assertThatThrownBy(
            () ->
                kernel.topKOfLists(
                    x, new int[] {0}, 1, x, new int[] {0, 4}, 2, new int[] {0}, 1, 1, out))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessage(
            "hamming.topKOfLists: index 4 at position 1 is outside poolSignatures of 4 rows");
    assertThatThrownBy(
            () ->
                kernel.topKOfLists(
                    x, new int[] {9}, 1, x, new int[] {0, 1}, 2, new int[] {0}, 1, 1, out))
        .hasMessageContaining("index 9 at position 0 is outside querySignatures of 4 rows");
  }
}

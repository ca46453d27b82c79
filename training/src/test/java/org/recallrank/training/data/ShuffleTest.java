package org.recallrank.training.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ShuffleTest {
  private static long[] epoch(Shuffle shuffle, int rows, int step) {
    long[] order = new long[rows + step];
    long[] batch = new long[step];
    int read = 0;
    for (int n = shuffle.next(batch, step); n > 0; n = shuffle.next(batch, step)) {
      System.arraycopy(batch, 0, order, read, n);
      read += n;
    }
    return Arrays.copyOf(order, read);
  }

  @Test
  void everyRowComesOnceHoweverItIsRead() {
    for (int rows : new int[] {0, 1, 2, 255, 256, 257, 1000, 4096, 5003}) {
      long[] expected = LongStream.range(0, rows).toArray();
      long[] inOneWindow = epoch(new Shuffle(rows, 3), rows, 64);
      assertThat(Arrays.stream(inOneWindow).sorted()).containsExactly(box(expected));
      long[] windowed = epoch(new Shuffle(rows, 3, 512, 16), rows, 97);
      assertThat(Arrays.stream(windowed).sorted()).containsExactly(box(expected));
      assertThat(epoch(new Shuffle(rows, 3, 512, 16), rows, 1000)).isEqualTo(windowed);
    }
  }

  private static Long[] box(long[] values) {
    return Arrays.stream(values).boxed().toArray(Long[]::new);
  }

  @Test
  void seedAndEpochDecideAndNothingElse() {
    Shuffle shuffle = new Shuffle(5000, 1, 512, 16);
    long[] first = epoch(shuffle, 5000, 64);
    shuffle.start(1);
    long[] second = epoch(shuffle, 5000, 64);
    shuffle.start(0);
    assertThat(epoch(shuffle, 5000, 64)).isEqualTo(first).isNotEqualTo(second);
    assertThat(epoch(new Shuffle(5000, 2, 512, 16), 5000, 64)).isNotEqualTo(first);
  }

  /** Expected values from the described algorithm written a second time, in Python. */
  @Test
  void theOrderIsTheSameOnEveryMachine() {
    assertThat(epoch(new Shuffle(10, 42), 10, 10)).containsExactly(9, 2, 4, 5, 3, 6, 1, 0, 7, 8);
  }

  @Test
  void allOrdersAreAboutEquallyLikely() {
    Map<String, Integer> counts = new HashMap<>();
    Shuffle shuffle = new Shuffle(4, 9);
    int rounds = 24_000;
    for (int e = 0; e < rounds; e++) {
      shuffle.start(e);
      counts.merge(Arrays.toString(epoch(shuffle, 4, 4)), 1, Integer::sum);
    }
    assertThat(counts).hasSize(24);
    double chiSquare =
        counts.values().stream().mapToDouble(c -> (c - 1000.0) * (c - 1000.0) / 1000).sum();
    assertThat(chiSquare).isLessThan(49.7); // 23 degrees of freedom, 0.1 %
  }

  @Test
  void windowsReadWithinTheirBlocksOnly() {
    long[] order = epoch(new Shuffle(10_000, 1, 512, 16), 10_000, 512);
    for (int begin = 0; begin + 512 <= order.length; begin += 512) {
      long blocks =
          Arrays.stream(order, begin, begin + 512).map(row -> row / 16).distinct().count();
      assertThat(blocks).isLessThanOrEqualTo(33);
    }
  }
}

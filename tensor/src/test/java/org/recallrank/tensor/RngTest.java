package org.recallrank.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The fixed values were computed by another implementation of SplitMix64, in Python. */
class RngTest {
  private static long[] draw(Rng rng, int n) {
    long[] values = new long[n];
    for (int i = 0; i < n; i++) {
      values[i] = rng.nextLong();
    }
    return values;
  }

  @Test
  void firstValuesAreFixed() {
    assertThat(draw(new Rng(0), 4))
        .containsExactly(
            -6411193824288604561L,
            -5511663747979980962L,
            7141179953334974231L,
            -6338048412857661178L);
    assertThat(draw(new Rng(42), 4))
        .containsExactly(
            6332618229526065668L, -816328817471504299L, 8971565426155258802L, 1242533817266198696L);
    assertThat(draw(new Rng(-1), 2)).containsExactly(6755974106381971767L, -4781302686461524836L);
    assertThat(draw(new Rng(42).split("embedding"), 2))
        .containsExactly(-7405480698947975456L, 7460437049667681333L);
    assertThat(draw(new Rng(42).split(3), 2))
        .containsExactly(-2935513124189866138L, 6662327538064504040L);
    Rng doubles = new Rng(42);
    assertThat(doubles.nextDouble()).isEqualTo(0.34329192209867343);
    assertThat(doubles.nextDouble()).isEqualTo(0.9557467261317436);
    Rng ints = new Rng(42);
    assertThat(IntStream.range(0, 12).map(i -> ints.nextInt(10)).toArray())
        .containsExactly(3, 9, 4, 0, 6, 0, 1, 7, 1, 7, 6, 1);
    Rng normals = new Rng(42);
    assertThat(normals.nextGaussian()).isCloseTo(-0.1247481922738063, within(1e-15));
    assertThat(normals.nextGaussian()).isCloseTo(-0.023950513022518233, within(1e-15));
  }

  @Test
  void splittingAdvancesNothing() {
    Rng split = new Rng(5);
    split.split("a").nextLong();
    split.split(7).nextLong();
    assertThat(draw(split, 3)).isEqualTo(draw(new Rng(5), 3));
  }

  /** What one part draws from its own generator changes nothing for the other parts. */
  @Test
  void splitsAreIndependentOfDrawsFromEachOther() {
    Rng root = new Rng(5);
    Rng first = root.split("first");
    draw(first, 1000);
    assertThat(draw(root.split("second"), 3)).isEqualTo(draw(new Rng(5).split("second"), 3));
  }

  @Test
  void splitsOfDifferentNamesAndNumbersDiffer() {
    Rng root = new Rng(5);
    Set<Long> firsts = new HashSet<>();
    firsts.add(new Rng(5).nextLong());
    for (int i = 0; i < 1000; i++) {
      firsts.add(root.split(i).nextLong());
      firsts.add(root.split("name" + i).nextLong());
    }
    firsts.add(root.split("ab").nextLong());
    firsts.add(root.split("ba").nextLong());
    firsts.add(root.split("").nextLong());
    assertThat(firsts).hasSize(2004);
  }

  /**
   * Chi-square with 9 degrees of freedom: 27.9 is passed once in a thousand seeds, and this is one.
   */
  @Test
  void intsAreUniform() {
    Rng rng = new Rng(11);
    int[] counts = new int[10];
    int n = 100_000;
    for (int i = 0; i < n; i++) {
      counts[rng.nextInt(10)]++;
    }
    double chi = 0;
    for (int count : counts) {
      chi += Math.pow(count - n / 10.0, 2) / (n / 10.0);
    }
    assertThat(chi).isLessThan(27.9);
  }

  /** With this bound a plain modulo of 32 bits would put 9 of 16 values into the lower half. */
  @Test
  void largeBoundsAreNotBiased() {
    Rng rng = new Rng(12);
    int bound = 3 << 29;
    int n = 30_000;
    int low = 0;
    for (int i = 0; i < n; i++) {
      int value = rng.nextInt(bound);
      assertThat(value).isBetween(0, bound - 1);
      low += value < bound / 2 ? 1 : 0;
    }
    assertThat(low / (double) n).isCloseTo(0.5, within(0.012)); // four standard deviations
    assertThat(rng.nextInt(1)).isZero();
    assertThatThrownBy(() -> rng.nextInt(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0");
  }

  @Test
  void gaussiansAreNormal() {
    Rng rng = new Rng(13);
    int n = 100_000;
    double sum = 0;
    double squares = 0;
    double fourth = 0;
    for (int i = 0; i < n; i++) {
      double x = rng.nextGaussian();
      sum += x;
      squares += x * x;
      fourth += x * x * x * x;
    }
    assertThat(sum / n).isCloseTo(0, within(4 / Math.sqrt(n)));
    assertThat(squares / n).isCloseTo(1, within(4 * Math.sqrt(2.0 / n)));
    assertThat(fourth / n).isCloseTo(3, within(4 * Math.sqrt(96.0 / n)));
  }

  @Test
  void shuffleIsAPermutationOfItsRange() {
    int[] values = IntStream.range(0, 50).toArray();
    new Rng(14).shuffle(values, 10, 40);
    for (int i = 0; i < 50; i++) {
      if (i < 10 || i >= 40) {
        assertThat(values[i]).isEqualTo(i);
      }
    }
    int[] middle = Arrays.copyOfRange(values, 10, 40);
    assertThat(middle).isNotEqualTo(IntStream.range(10, 40).toArray());
    Arrays.sort(middle);
    assertThat(middle).containsExactly(IntStream.range(10, 40).toArray());
  }

  /**
   * Each of the 6 orders of three values about equally often: 20.5 is passed once in a thousand.
   */
  @Test
  void everyOrderIsEquallyLikely() {
    Rng rng = new Rng(15);
    int[] counts = new int[6];
    int n = 60_000;
    for (int i = 0; i < n; i++) {
      int[] v = {0, 1, 2};
      rng.shuffle(v, 0, 3);
      counts[v[0] * 2 + (v[1] > v[2] ? 1 : 0)]++;
    }
    double chi = 0;
    for (int count : counts) {
      chi += Math.pow(count - n / 6.0, 2) / (n / 6.0);
    }
    assertThat(chi).isLessThan(20.5);
  }
}

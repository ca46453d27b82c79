package org.recallrank.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class CounterRandomTest {
  /** The well-known first outputs of SplitMix64 for seed 1234567. */
  @Test
  void isSplitMix64() {
    String[] expected = {
      "6457827717110365317",
      "3203168211198807973",
      "9817491932198370423",
      "4593380528125082431",
      "16408922859458223821"
    };
    for (int n = 0; n < expected.length; n++) {
      assertThat(Long.toUnsignedString(CounterRandom.bitsAt(1234567, n))).isEqualTo(expected[n]);
    }
  }

  @Test
  void numbersAreUniformAndInRange() {
    CounterRandom random = new CounterRandom(3);
    int[] counts = new int[7];
    double sum = 0;
    for (int i = 0; i < 70_000; i++) {
      counts[(int) random.below(7)]++;
      double unit = random.unit();
      assertThat(unit).isBetween(0.0, Math.nextDown(1.0));
      sum += unit;
    }
    for (int count : counts) {
      assertThat(count).isBetween(9_600, 10_400);
    }
    assertThat(sum / 70_000).isCloseTo(0.5, within(0.006));
  }
}

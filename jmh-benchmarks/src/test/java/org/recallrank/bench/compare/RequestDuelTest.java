package org.recallrank.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.recallrank.bench.peers.Contender;

class RequestDuelTest {
  private final List<String> turns = new ArrayList<>();

  /** The requests of round r take 1, 2 .. 101 times {@code seconds[r]}. */
  private Contender contender(String name, double... seconds) {
    return new Contender() {
      private int round;

      @Override
      public void run() {}

      @Override
      public void collect() {}

      @Override
      public double[] eachSeconds(int leastRuns, long nanoseconds) {
        turns.add(name);
        double unit = seconds[round++];
        return IntStream.rangeClosed(1, 101).mapToDouble(i -> i * unit).toArray();
      }
    };
  }

  @Test
  void comparesMediansRoundByRoundAndKeepsThePercentiles() {
    Duel duel =
        RequestDuel.fight(
            contender("ours", 1, 1), contender("theirs", 3, 5), 1, new Duel.Effort(0, 2, 0));
    assertThat(turns).containsExactly("ours", "theirs", "theirs", "ours");
    assertThat(duel.ours()).containsExactly(51, 51);
    assertThat(duel.ratios()).containsExactly(3, 5);
    assertThat(duel.ourLatency()).isEqualTo(new Latency(51, 100));
  }

  @Test
  void eachRunIsTimedAndThereAreAsManyAsAsked() {
    int[] runs = new int[1];
    Contender counter =
        new Contender() {
          @Override
          public void run() {
            runs[0]++;
          }

          @Override
          public void collect() {}
        };
    assertThat(counter.eachSeconds(7, 0)).hasSize(7);
    assertThat(runs[0]).isEqualTo(7);
    assertThat(counter.eachSeconds(1, 1_000_000)).hasSizeGreaterThan(1);
  }
}

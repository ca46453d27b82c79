package org.recallrank.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.recallrank.bench.peers.Contender;

class DuelTest {
  private final List<String> turns = new ArrayList<>();

  /** Takes each time of the given ones in turn. */
  private Contender contender(String name, double... seconds) {
    return new Contender() {
      private int round;

      @Override
      public void run() {}

      @Override
      public void collect() {}

      @Override
      public double seconds(long nanoseconds) {
        turns.add(name);
        return seconds[round++];
      }
    };
  }

  @Test
  void dividesRoundByRoundAndChangesWhoIsFirst() {
    Duel duel =
        Duel.fight(
            contender("ours", 1, 2, 4), contender("theirs", 3, 4, 4), 1, new Duel.Effort(0, 3, 0));
    assertThat(duel.ratios()).containsExactly(3, 2, 1);
    assertThat(turns).containsExactly("ours", "theirs", "theirs", "ours", "ours", "theirs");
    // The ratio's median need not be that of the medians.
    Row row = Row.measured("group", "case", 1, "peer", null, duel);
    assertThat(row.ratio().median()).isEqualTo(2);
    assertThat(row.theirSeconds()).isEqualTo(4);
  }

  @Test
  void aContenderRunsForTheTimeAsked() throws Exception {
    int[] runs = new int[1];
    Contender sleeper =
        new Contender() {
          @Override
          public void run() {
            runs[0]++;
            long end = System.nanoTime() + 1_000_000;
            while (System.nanoTime() < end) {
              Thread.onSpinWait();
            }
          }

          @Override
          public void collect() {}
        };
    // Only what holds however busy the machine is: a run takes 1 ms or more, the turn 20 or more.
    double seconds = sleeper.seconds(20_000_000);
    assertThat(seconds).isGreaterThanOrEqualTo(1e-3);
    assertThat(runs[0]).isBetween(1, 32);
    assertThat(runs[0] * seconds).isGreaterThanOrEqualTo(20e-3 - 1e-9);
    runs[0] = 0;
    sleeper.seconds(0);
    assertThat(runs[0]).as("once at least").isEqualTo(1);
  }
}

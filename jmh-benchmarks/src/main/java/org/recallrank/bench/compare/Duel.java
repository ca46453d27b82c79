package org.recallrank.bench.compare;

import java.util.Arrays;
import org.recallrank.bench.peers.Contender;

/**
 * Two contenders timed in turns. What else happens on the machine then hits both alike, so that the
 * ratio of a round is worth more than either time.
 *
 * @param ours seconds per run, one value per round
 * @param theirs likewise
 */
public record Duel(double[] ours, double[] theirs) {

  /**
   * How long to measure.
   *
   * @param warmUpSeconds of each side; C2 needs three to four for vector code
   * @param rounds each times both sides
   * @param roundSeconds least time of a side in a round
   */
  public record Effort(double warmUpSeconds, int rounds, double roundSeconds) {
    public Effort {
      if (!(warmUpSeconds >= 0) || rounds < 1 || !(roundSeconds >= 0)) {
        throw new IllegalArgumentException(
            "effort: expected seconds of 0 or more and at least one round, found warm-up "
                + warmUpSeconds
                + " s, "
                + rounds
                + " rounds of "
                + roundSeconds
                + " s");
      }
    }

    long roundNanoseconds() {
      return (long) (1e9 * roundSeconds);
    }

    public void warmUp(Contender side) {
      side.seconds((long) (1e9 * warmUpSeconds));
    }
  }

  /**
   * Native libraries let their threads spin for some 30 ms after the last call, in case another
   * comes, and would take a processor from the other side.
   */
  private static final long UNTIL_SPINNERS_SLEEP_MILLIS = 60;

  /** Rounds of two warmed-up contenders; who comes first changes from round to round. */
  public static Duel fight(Contender ours, Contender theirs, int threads, Effort effort) {
    double[] our = new double[effort.rounds()];
    double[] their = new double[effort.rounds()];
    for (int r = 0; r < effort.rounds(); r++) {
      boolean oursFirst = r % 2 == 0;
      double first = turn(oursFirst ? ours : theirs, threads, effort);
      double second = turn(oursFirst ? theirs : ours, threads, effort);
      our[r] = oursFirst ? first : second;
      their[r] = oursFirst ? second : first;
    }
    return new Duel(our, their);
  }

  /** Rounds of one contender that has no peer. */
  static double[] alone(Contender side, int threads, Effort effort) {
    double[] seconds = new double[effort.rounds()];
    Arrays.setAll(seconds, r -> turn(side, threads, effort));
    return seconds;
  }

  private static double turn(Contender side, int threads, Effort effort) {
    if (threads > 1) {
      try {
        Thread.sleep(UNTIL_SPINNERS_SLEEP_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while measuring", e);
      }
    }
    side.run(); // caches and threads of this side, not of the other
    return side.seconds(effort.roundNanoseconds());
  }

  /** How many times as fast ours is, round by round. */
  public double[] ratios() {
    double[] ratios = new double[ours.length];
    Arrays.setAll(ratios, r -> theirs[r] / ours[r]);
    return ratios;
  }
}

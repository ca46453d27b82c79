package org.recallrank.bench.compare;

import java.util.Arrays;
import java.util.function.IntConsumer;
import org.recallrank.bench.peers.Contender;

/**
 * Two contenders timed in turns. What else happens on the machine then hits both alike, so that the
 * ratio of a round is worth more than either time.
 *
 * @param ours seconds per run, one value per round
 * @param theirs likewise
 * @param ourLatency of single runs, or null where runs were timed together
 * @param theirLatency likewise
 */
public record Duel(double[] ours, double[] theirs, Latency ourLatency, Latency theirLatency) {

  /** Of runs that were timed together. */
  public Duel(double[] ours, double[] theirs) {
    this(ours, theirs, null, null);
  }

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

  /** Rounds of two warmed-up contenders. */
  public static Duel fight(Contender ours, Contender theirs, int threads, Effort effort) {
    double[] our = new double[effort.rounds()];
    double[] their = new double[effort.rounds()];
    inTurns(
        effort.rounds(),
        r -> our[r] = turn(ours, threads, effort),
        r -> their[r] = turn(theirs, threads, effort));
    return new Duel(our, their);
  }

  /** Who comes first changes from round to round. */
  static void inTurns(int rounds, IntConsumer ours, IntConsumer theirs) {
    for (int r = 0; r < rounds; r++) {
      boolean oursFirst = r % 2 == 0;
      (oursFirst ? ours : theirs).accept(r);
      (oursFirst ? theirs : ours).accept(r);
    }
  }

  /** Rounds of one contender that has no peer. */
  static Duel alone(Contender side, int threads, Effort effort) {
    double[] seconds = new double[effort.rounds()];
    Arrays.setAll(seconds, r -> turn(side, threads, effort));
    return new Duel(seconds, null);
  }

  private static double turn(Contender side, int threads, Effort effort) {
    settle(side, threads);
    return side.seconds(effort.roundNanoseconds());
  }

  /** Takes the machine over from the other side. */
  static void settle(Contender side, int threads) {
    if (threads > 1) {
      try {
        Thread.sleep(UNTIL_SPINNERS_SLEEP_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while measuring", e);
      }
    }
    side.run(); // caches and threads of this side, not of the other
  }

  /** How many times as fast ours is, round by round. */
  public double[] ratios() {
    double[] ratios = new double[ours.length];
    Arrays.setAll(ratios, r -> theirs[r] / ours[r]);
    return ratios;
  }
}

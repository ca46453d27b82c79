package org.recallrank.bench.compare;

import java.util.stream.Stream;
import org.recallrank.bench.peers.Contender;

/**
 * A duel in which each run is timed by itself, as somebody waits for each. The time of a round is
 * the median of its runs.
 */
final class RequestDuel {
  /** In a round at least, so that a few slow ones are not all there is. */
  private static final int LEAST_REQUESTS = 200;

  private RequestDuel() {}

  static Duel fight(Contender ours, Contender theirs, int threads, Duel.Effort effort) {
    double[][] our = new double[effort.rounds()][];
    double[][] their = new double[effort.rounds()][];
    Duel.inTurns(
        effort.rounds(),
        r -> our[r] = turn(ours, threads, effort),
        r -> their[r] = turn(theirs, threads, effort));
    return new Duel(medians(our), medians(their), Latency.of(our), Latency.of(their));
  }

  /** Rounds of one contender that has no peer. */
  static Duel alone(Contender side, int threads, Duel.Effort effort) {
    double[][] rounds = new double[effort.rounds()][];
    for (int r = 0; r < rounds.length; r++) {
      rounds[r] = turn(side, threads, effort);
    }
    return new Duel(medians(rounds), null, Latency.of(rounds), null);
  }

  private static double[] turn(Contender side, int threads, Duel.Effort effort) {
    Duel.settle(side, threads);
    return side.eachSeconds(LEAST_REQUESTS, effort.roundNanoseconds());
  }

  private static double[] medians(double[][] rounds) {
    return Stream.of(rounds).mapToDouble(r -> Quartiles.of(r).median()).toArray();
  }
}

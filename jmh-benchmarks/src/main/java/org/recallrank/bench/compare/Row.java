package org.recallrank.bench.compare;

import org.recallrank.bench.cases.KernelCase.Work;

/**
 * One line of the comparison.
 *
 * @param operation the case's name, or what a missing peer would have been compared in
 * @param peer null if the operation has none
 * @param work of one run; null in a row that only says why there is no measurement
 * @param duel the rounds, without {@code theirs} if there is no peer; null likewise
 * @param note why there is no measurement, or null
 */
public record Row(String operation, int threads, String peer, Work work, Duel duel, String note) {

  static Row measured(String operation, int threads, String peer, Work work, Duel duel) {
    return new Row(operation, threads, peer, work, duel, null);
  }

  static Row alone(String operation, int threads, Work work, double[] seconds) {
    return new Row(operation, threads, null, work, new Duel(seconds, null), null);
  }

  static Row without(String operation, int threads, String peer, String note) {
    return new Row(operation, threads, peer, null, null, note);
  }

  /** First word of the name, such as {@code gemm}. */
  static String family(String operation) {
    return operation.split(" ", 2)[0];
  }

  boolean isMeasured() {
    return duel != null;
  }

  boolean isCompared() {
    return duel != null && duel.theirs() != null;
  }

  /** Seconds of one of our runs, median over the rounds. */
  double ourSeconds() {
    return Quartiles.of(duel.ours()).median();
  }

  double theirSeconds() {
    return Quartiles.of(duel.theirs()).median();
  }

  /** How many times as fast ours is. */
  Quartiles ratio() {
    return Quartiles.of(duel.ratios());
  }
}

package org.recallrank.bench.compare;

import org.recallrank.bench.cases.KernelCase.Work;

/**
 * One line of the comparison.
 *
 * @param group heading under which it stands
 * @param operation the case's name; null where a missing peer stands for all of a group
 * @param peer null if the operation has none
 * @param work of one run; null in a row that only says why there is no measurement
 * @param duel the rounds, without {@code theirs} if there is no peer; null likewise
 * @param note why there is no measurement, or null
 */
public record Row(
    String group, String operation, int threads, String peer, Work work, Duel duel, String note) {

  static Row measured(
      String group, String operation, int threads, String peer, Work work, Duel duel) {
    return new Row(group, operation, threads, peer, work, duel, null);
  }

  static Row alone(String group, String operation, int threads, Work work, Duel duel) {
    return new Row(group, operation, threads, null, work, duel, null);
  }

  static Row without(String group, String operation, int threads, String peer, String note) {
    return new Row(group, operation, threads, peer, null, null, note);
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

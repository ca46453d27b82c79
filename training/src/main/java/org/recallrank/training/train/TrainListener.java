package org.recallrank.training.train;

/** Is told how training goes. */
public interface TrainListener {

  /**
   * After each step.
   *
   * @param rows rows of this epoch seen so far
   * @param totalRows rows of an epoch
   */
  default void step(int epoch, TrainStep.Report report, long rows, long totalRows) {}

  /**
   * After each epoch's evaluation; if {@code report.best()}, the model holds the best weights so
   * far.
   */
  default void epoch(EpochReport report) {}

  /** What else there is to say, a line at a time. */
  default void remark(String line) {}

  /** Tells nobody. */
  static TrainListener none() {
    return new TrainListener() {};
  }
}

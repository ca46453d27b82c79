package org.recallrank.training.train;

import org.recallrank.training.metrics.Evaluator;
import org.recallrank.training.metrics.Metrics;

/**
 * One epoch of training.
 *
 * @param epoch from 1
 * @param click mean of L_clk over the epoch's steps
 * @param auxiliary mean of the enricher's loss, NaN without one
 * @param auxiliaryBaseline mean of what that loss would be for the best constant prediction
 * @param total mean of the joint loss with the regulariser
 * @param learningRate during the epoch
 * @param seconds of training, without the evaluation
 * @param rows trained
 * @param validation the evaluation on the validation rows
 * @param best whether no epoch before was better
 */
public record EpochReport(
    int epoch,
    double click,
    double auxiliary,
    double auxiliaryBaseline,
    double total,
    double learningRate,
    double seconds,
    long rows,
    Evaluator.Evaluation validation,
    boolean best) {

  /** Metrics on the validation rows. */
  public Metrics valid() {
    return validation.metrics();
  }
}

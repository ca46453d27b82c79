package org.recallrank.training.train;

import org.recallrank.autograd.Parameter;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.optim.Optimizer;
import org.recallrank.model.CtrModel;
import org.recallrank.model.schema.Batch;
import org.recallrank.tensor.Rng;

/**
 * One step of training: forward, joint loss, backward, update.
 *
 * <p>Serves one thread at a time, and nobody else may use the model during a step.
 */
public final class TrainStep {
  private final CtrModel model;
  private final Tape tape;
  private final Optimizer optimizer;
  private final RefreshSchedule schedule;

  /**
   * What a step found.
   *
   * @param click L_clk
   * @param auxiliary the enricher's loss, NaN if it has none
   * @param auxiliaryBaseline that loss for the best constant prediction
   * @param total the joint loss and the regulariser
   * @param gradientNorm before clipping
   */
  public record Report(
      double click,
      double auxiliary,
      double auxiliaryBaseline,
      double total,
      double gradientNorm) {}

  /** Steps of a model on a tape; the optimizer is to have the model's parameters. */
  public TrainStep(CtrModel model, Tape tape, Optimizer optimizer) {
    this.model = model;
    this.tape = tape;
    this.optimizer = optimizer;
    schedule = new RefreshSchedule(model.enricher());
  }

  /**
   * Takes a step.
   *
   * @param rng decides what dropout drops in this step
   * @throws ArithmeticException naming a tensor if the loss or the gradient is not finite; the
   *     weights are as before
   */
  public Report run(Batch batch, Rng rng) {
    JointLoss loss = differentiate(batch, rng);
    Optimizer.Step step = optimizer.step();
    return new Report(
        loss.click(),
        loss.auxiliary(),
        loss.auxiliaryBaseline(),
        loss.total().value().get(0) + step.regularization(),
        step.gradientNorm());
  }

  /** Forward and backward only: leaves the gradient in the parameters. */
  public JointLoss differentiate(Batch batch, Rng rng) {
    schedule.beforeStep(tape.kernels());
    tape.startTraining(rng);
    CtrModel.Forward forward = model.forward(tape, batch);
    JointLoss loss = JointLoss.of(forward, batch);
    if (!Double.isFinite(loss.total().value().get(0))) {
      throw new ArithmeticException(
          "the loss is "
              + loss.total().value().get(0)
              + "; first tensor that is not finite: "
              + firstNonFinite(batch, forward));
    }
    tape.backward(loss.total());
    return loss;
  }

  private String firstNonFinite(Batch batch, CtrModel.Forward forward) {
    for (int f = 0; f < batch.rows().fields().size(); f++) {
      float[] numbers = batch.rows().numbers()[f];
      if (numbers != null && !finite(numbers, batch.size())) {
        return "input field " + batch.rows().fields().get(f).name();
      }
    }
    for (Parameter p : model.parameters().parameters()) {
      if (!finite(p.value().toArray(), p.value().size())) {
        return p.name();
      }
    }
    return finite(forward.logits().value().toArray(), batch.size())
        ? "the auxiliary loss"
        : "the logits (the weights are finite, but their products overflow)";
  }

  private static boolean finite(float[] values, int n) {
    for (int i = 0; i < n; i++) {
      if (!Float.isFinite(values[i])) {
        return false;
      }
    }
    return true;
  }
}

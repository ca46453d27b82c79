package org.recallrank.autograd.optim;

/**
 * FuxiCTR's schedule: after each evaluation that is not better than the best so far (by at least
 * 1e-6) the learning rate falls to a tenth, at least 1e-6, and after {@code patience} of them in a
 * row training stops.
 *
 * <p>Serves one thread at a time.
 */
public final class PlateauSchedule {
  private static final double MIN_DELTA = 1e-6;
  private static final double FACTOR = 0.1;
  private static final double MIN_LEARNING_RATE = 1e-6;

  private final int patience;
  private double best = Double.NEGATIVE_INFINITY;
  private int worse;

  /**
   * Starts before the first evaluation.
   *
   * @throws IllegalArgumentException if the patience is below 1
   */
  public PlateauSchedule(int patience) {
    if (patience < 1) {
      throw new IllegalArgumentException("patience must be at least 1: " + patience);
    }
    this.patience = patience;
  }

  /**
   * Takes note of an evaluation (larger is better) and lowers the optimizer's rate if it is no
   * better.
   *
   * @return whether it is better than all before
   */
  public boolean report(double value, Optimizer optimizer) {
    if (value >= best + MIN_DELTA) {
      best = value;
      worse = 0;
      return true;
    }
    worse++;
    optimizer.setLearningRate(Math.max(optimizer.learningRate() * FACTOR, MIN_LEARNING_RATE));
    return false;
  }

  /** Whether training should stop. */
  public boolean exhausted() {
    return worse >= patience;
  }
}

package org.recallrank.autograd;

import java.util.List;

/**
 * A captured evaluation pass ({@link Tape#capture}): its operations in order, on arrays that stay.
 *
 * <p>Serves one thread at a time, and only while no other pass of its tape runs.
 */
public final class Program {
  /** From here on rows are filled up to a multiple of this. */
  private static final int STEP = 4;

  private final Runnable[] steps;

  Program(List<Runnable> steps) {
    this.steps = steps.toArray(Runnable[]::new);
  }

  /**
   * For how many rows to capture a pass that is to take {@code rows}: not for each number, as each
   * pass takes memory, and kernels take some rows at a time anyway.
   */
  public static int rowsFor(int rows) {
    return rows <= STEP ? rows : (rows + STEP - 1) / STEP * STEP;
  }

  /** Does it once more. */
  public void run() {
    for (Runnable step : steps) {
      step.run();
    }
  }
}

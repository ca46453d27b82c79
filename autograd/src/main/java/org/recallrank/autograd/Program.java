package org.recallrank.autograd;

import java.util.List;

/**
 * A captured evaluation pass ({@link Tape#capture}): its operations in order, on arrays that stay.
 *
 * <p>Serves one thread at a time, and only while no other pass of its tape runs.
 */
public final class Program {
  private final Runnable[] steps;

  Program(List<Runnable> steps) {
    this.steps = steps.toArray(Runnable[]::new);
  }

  /** Does it once more. */
  public void run() {
    for (Runnable step : steps) {
      step.run();
    }
  }
}

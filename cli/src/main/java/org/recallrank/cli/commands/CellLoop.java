package org.recallrank.cli.commands;

import com.google.gson.JsonObject;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.recallrank.cli.experiment.Cell;
import org.recallrank.cli.experiment.CellRunner;
import org.recallrank.cli.experiment.CellStore;
import org.recallrank.cli.experiment.Eta;
import org.recallrank.cli.experiment.Plan;
import org.recallrank.model.io.DataException;
import org.recallrank.training.Durations;
import org.recallrank.training.train.TrainListener;

/**
 * Trains the cells of a plan that are not finished and keeps each result, as many at once as there
 * are runners. A cell's result does not depend on what else is being trained.
 */
final class CellLoop {
  private final Plan plan;
  private final String dataset;
  private final CellStore store;
  private final Progress progress;
  private final Deque<Cell> left = new ArrayDeque<>();
  private final Eta eta = new Eta();

  /**
   * @param dataset what identifies the data
   * @throws DataException if the store holds results that do not fit the plan
   */
  CellLoop(Plan plan, String dataset, CellStore store, Progress progress) {
    this.plan = plan;
    this.dataset = dataset;
    this.store = store;
    this.progress = progress;
    List<JsonObject> kept = store.all();
    for (Cell cell : plan.cells()) {
      JsonObject configuration = CellRunner.configuration(cell, dataset);
      store.checkFits(kept, cell, configuration);
      if (store.finished(cell.id(), configuration).isEmpty()) {
        left.add(cell);
      }
    }
  }

  /** Whether everything is finished. */
  boolean done() {
    return left.isEmpty();
  }

  /**
   * Trains until nothing is left. If a cell fails, those under way are finished and no other is
   * begun.
   *
   * @param runners one for each thread
   */
  void run(List<CellRunner> runners) {
    Thread onInterrupt =
        new Thread(
            () ->
                System.err.println(
                    "interrupted; finished cells are kept: go on with the same command and"
                        + " --resume"));
    Runtime.getRuntime().addShutdownHook(onInterrupt);
    try {
      if (runners.size() == 1) {
        drain(runners.get(0), 1);
      } else {
        drain(runners);
      }
    } finally {
      progress.close();
      removeHook(onInterrupt);
    }
  }

  private void drain(List<CellRunner> runners) {
    RuntimeException failure = null;
    try (ExecutorService executor =
        Executors.newFixedThreadPool(runners.size(), Thread.ofPlatform().daemon().factory())) {
      List<Future<?>> threads = new ArrayList<>();
      for (CellRunner runner : runners) {
        threads.add(executor.submit(() -> drain(runner, runners.size())));
      }
      for (Future<?> thread : threads) {
        try {
          thread.get();
        } catch (ExecutionException e) {
          failure = e.getCause() instanceof RuntimeException r ? r : new IllegalStateException(e);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
    if (failure != null) {
      throw failure;
    }
  }

  private void drain(CellRunner runner, int atOnce) {
    for (Cell cell = next(atOnce); cell != null; cell = next(atOnce)) {
      long start = System.nanoTime();
      TrainListener listener = atOnce == 1 ? progress : progress.lines(cell.id());
      try {
        JsonObject result = runner.run(cell, listener);
        store.write(
            cell.id(), plan.cells().indexOf(cell), CellRunner.configuration(cell, dataset), result);
      } catch (ArithmeticException e) {
        giveUp();
        throw new ArithmeticException(cell.id() + ": " + e.getMessage());
      } catch (RuntimeException | Error e) {
        giveUp();
        throw e;
      }
      done(cell, (System.nanoTime() - start) * 1e-9, atOnce);
    }
  }

  /** In the order of the plan, unless everybody would have to wait for the longest at the end. */
  private synchronized Cell next(int atOnce) {
    Cell cell = eta.longerThanItsShare(left, atOnce).orElse(left.peekFirst());
    if (cell != null) {
      left.remove(cell);
      int all = plan.cells().size();
      progress.say(String.format(Locale.ROOT, "[%d/%d] %s", all - left.size(), all, cell.id()));
    }
    return cell;
  }

  private synchronized void giveUp() {
    left.clear();
  }

  private synchronized void done(Cell cell, double seconds, int atOnce) {
    eta.done(cell, seconds);
    progress.say(
        cell.id()
            + " done in "
            + Durations.text(seconds)
            + (left.isEmpty()
                ? ""
                : "; about " + Durations.text(eta.left(left) / atOnce) + " left"));
  }

  private static void removeHook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is ending: the hook runs.
    }
  }
}

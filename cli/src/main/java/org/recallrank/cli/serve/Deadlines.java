package org.recallrank.cli.serve;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Runs each task on a virtual thread of its own, and interrupts it when its time is up.
 *
 * <p>A request is one task, from the first byte of its headers to the last of its answer. An
 * interrupt closes the connection on which a thread waits, so that a client that sends or reads
 * slowly, or never, is let go in every state of a request.
 *
 * <p>Any number of threads may use it.
 */
final class Deadlines implements Executor, AutoCloseable {
  private final Duration timeout;
  private final ScheduledThreadPoolExecutor timer;

  Deadlines(Duration timeout) {
    this.timeout = timeout;
    timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("recallrank-deadlines").factory());
    timer.setRemoveOnCancelPolicy(true);
  }

  @Override
  public void execute(Runnable task) {
    Thread.startVirtualThread(() -> run(task));
  }

  private void run(Runnable task) {
    ScheduledFuture<?> end =
        timer.schedule(
            Thread.currentThread()::interrupt, timeout.toMillis(), TimeUnit.MILLISECONDS);
    try {
      task.run();
    } finally {
      end.cancel(false);
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}

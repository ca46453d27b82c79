package org.recallrank.cli.serve;

import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/**
 * Lets some requests in, of which fewer are worked on at a time, and refuses the others at once:
 * waiting does not help who comes faster than is scored.
 *
 * <p>Work is done on platform threads, so that there are never more scratch buffers of threads than
 * those. Any number of threads may call it.
 */
final class Admission implements AutoCloseable {
  private final int most;
  private final Semaphore slots;
  private final ExecutorService threads;

  Admission(int most, int threads) {
    this.most = most;
    slots = new Semaphore(most);
    this.threads =
        Executors.newFixedThreadPool(
            threads, Thread.ofPlatform().daemon().name("recallrank-scoring-", 0).factory());
  }

  /**
   * Does some work, if there is room.
   *
   * @throws RequestException with 429 if there is none
   * @throws InterruptedException if the caller's time is up; work that has begun is finished, but
   *     its result is lost
   */
  <T> T run(Callable<T> work) throws InterruptedException {
    if (!slots.tryAcquire()) {
      throw new RequestException(
          429,
          "expected at most " + most + " requests at a time (--max-concurrent), found more",
          Map.of("Retry-After", "1"));
    }
    try {
      return await(threads.submit(work));
    } finally {
      slots.release();
    }
  }

  private static <T> T await(Future<T> result) throws InterruptedException {
    try {
      return result.get();
    } catch (InterruptedException e) {
      result.cancel(false);
      throw e;
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException cause -> throw cause;
        case Error cause -> throw cause;
        default -> throw new IllegalStateException(e.getCause());
      }
    }
  }

  @Override
  public void close() {
    threads.shutdown();
  }
}

package org.recallrank.kernels;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;

/**
 * Runs the chunks of one piece of work on several threads.
 *
 * <p>The work is cut into chunks by its own size, never by the number of threads, and whoever calls
 * adds partial results in chunk order. So the same input gives the same bits for every number of
 * threads.
 *
 * <p>The calling thread takes part. A call from a second thread while a first one is under way, and
 * a call from inside a chunk, run on the calling thread alone: same result, no dead lock.
 */
public final class Workers implements AutoCloseable {
  private final int threads;
  private final Executor executor;
  private final ThreadPoolExecutor owned;
  private final ReentrantLock lock = new ReentrantLock();
  private final Runnable helper = this::help;

  // State of the one job under way, written by the caller that holds the lock.
  private final AtomicInteger nextChunk = new AtomicInteger();
  private final AtomicInteger helpersLeft = new AtomicInteger();
  private volatile int chunks;
  private volatile IntConsumer body;
  private volatile Throwable failure;
  private volatile Thread waiter;

  private Workers(int threads, Executor executor, ThreadPoolExecutor owned) {
    this.threads = threads;
    this.executor = executor;
    this.owned = owned;
  }

  /** Workers with {@code threads - 1} daemon threads of their own; {@link #close} ends them. */
  public static Workers create(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be at least 1: " + threads);
    }
    if (threads == 1) {
      return new Workers(1, null, null);
    }
    AtomicInteger number = new AtomicInteger();
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            threads - 1,
            threads - 1,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(threads),
            task -> {
              Thread thread = new Thread(task, "recallrank-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    return new Workers(threads, pool, pool);
  }

  /** As many workers as the machine has processors. */
  public static Workers create() {
    return create(Runtime.getRuntime().availableProcessors());
  }

  /**
   * Workers on an executor of the caller, which {@link #close} leaves alone.
   *
   * @param threads how many threads take part at most, the calling one included
   */
  public static Workers on(Executor executor, int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be at least 1: " + threads);
    }
    return new Workers(threads, executor, null);
  }

  /** How many threads take part at most, the calling one included. */
  public int threads() {
    return threads;
  }

  /** How many chunks of at most {@code grain} elements {@code size} elements make. */
  public static int chunks(long size, int grain) {
    return Math.toIntExact((size + grain - 1) / grain);
  }

  /**
   * Calls {@code body} once for each chunk number 0 to {@code chunks - 1} and returns when all are
   * done. A chunk that throws stops the hand-out of further ones; the first failure is rethrown.
   */
  public void forChunks(int chunks, IntConsumer body) {
    if (chunks <= 1 || threads == 1 || lock.isHeldByCurrentThread() || !lock.tryLock()) {
      for (int c = 0; c < chunks; c++) {
        body.accept(c);
      }
      return;
    }
    try {
      runShared(chunks, body);
    } finally {
      lock.unlock();
    }
  }

  private void runShared(int chunks, IntConsumer body) {
    int helpers = Math.min(threads, chunks) - 1;
    this.chunks = chunks;
    this.body = body;
    failure = null;
    waiter = Thread.currentThread();
    nextChunk.set(0);
    helpersLeft.set(helpers);
    int started = 0;
    try {
      for (; started < helpers; started++) {
        executor.execute(helper);
      }
    } finally {
      helpersLeft.addAndGet(started - helpers);
      takeChunks();
      awaitHelpers();
      this.body = null;
    }
    Throwable thrown = failure;
    if (thrown instanceof Error) {
      throw (Error) thrown;
    }
    if (thrown != null) {
      throw (RuntimeException) thrown;
    }
  }

  private void help() {
    takeChunks();
    Thread caller = waiter;
    if (helpersLeft.decrementAndGet() == 0) {
      java.util.concurrent.locks.LockSupport.unpark(caller);
    }
  }

  private void takeChunks() {
    IntConsumer work = body;
    int count = chunks;
    for (int c = nextChunk.getAndIncrement(); c < count; c = nextChunk.getAndIncrement()) {
      try {
        work.accept(c);
      } catch (RuntimeException | Error e) {
        synchronized (this) {
          if (failure == null) {
            failure = e;
          }
        }
        nextChunk.set(count);
      }
    }
  }

  private void awaitHelpers() {
    boolean interrupted = false;
    for (int spins = 0; helpersLeft.get() > 0; spins++) {
      if (spins < 1000) {
        Thread.onSpinWait();
      } else {
        java.util.concurrent.locks.LockSupport.park(this);
        interrupted |= Thread.interrupted();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends the threads that {@link #create} started. */
  @Override
  public void close() {
    if (owned != null) {
      owned.shutdown();
    }
  }
}

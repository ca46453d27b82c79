package org.recallrank.kernels;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;

/**
 * Runs the chunks of one piece of work on several threads.
 *
 * <p>The work is cut into chunks by its own size, never by the number of threads, and whoever calls
 * adds partial results in chunk order. So the same input gives the same bits for every number of
 * threads.
 *
 * <p>The calling thread takes part, and it waits for chunks, never for helpers: a helper that
 * starts late finds nothing to do. So a busy or closed executor costs speed only. A call from a
 * second thread while a first one is under way, and a call from inside a chunk, run on the calling
 * thread alone: same result, no dead lock.
 *
 * <p>May be shared by any number of threads, until it is closed.
 */
public final class Workers implements AutoCloseable {
  private static final int SPINS_BEFORE_PARK = 2000;

  /** Elements of the rows of a chunk: enough to pay for waking a thread, few enough for L2. */
  private static final int ROW_CHUNK = 1 << 15;

  private final int threads;
  private final Executor executor; // null if the helpers have threads of their own
  private final Helper[] helpers;
  private final Deque<Runnable> releases = new ArrayDeque<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Job job = new Job();
  private double[] partialSums = new double[0]; // of the thread that holds the lock
  private volatile boolean closed;

  private Workers(int threads, Executor executor) {
    this.threads = threads;
    this.executor = executor;
    helpers = new Helper[threads - 1];
    for (int h = 0; h < helpers.length; h++) {
      helpers[h] = new Helper(h + 1);
    }
  }

  /** Workers with {@code threads - 1} daemon threads of their own; {@link #close} ends them. */
  public static Workers create(int threads) {
    checkThreads(threads);
    return new Workers(threads, null);
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
    checkThreads(threads);
    return new Workers(threads, executor);
  }

  private static void checkThreads(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be at least 1: " + threads);
    }
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
    if (!share(chunks)) {
      for (int c = 0; c < chunks; c++) {
        body.accept(c);
      }
      return;
    }
    try {
      runShared(chunks, 1, (from, to) -> body.accept(from));
    } finally {
      lock.unlock();
    }
  }

  /** Whether helpers take part in this many chunks; then this thread holds the lock. */
  private boolean share(int chunks) {
    return chunks > 1 && threads > 1 && !lock.isHeldByCurrentThread() && lock.tryLock();
  }

  /** A part of some work: elements {@code from} (inclusive) to {@code to} (exclusive). */
  @FunctionalInterface
  public interface Range {
    /** Runs it, on any of the threads. */
    void run(int from, int to);
  }

  /** A part of a sum: that of elements {@code from} (inclusive) to {@code to} (exclusive). */
  @FunctionalInterface
  public interface PartialSum {
    /** Computes it, on any of the threads. */
    double of(int from, int to);
  }

  /** {@link #forChunks} over {@code size} elements, {@code grain} of them at a time. */
  public void forRanges(int size, int grain, Range body) {
    if (size <= grain) {
      if (size > 0) {
        body.run(0, size);
      }
      return;
    }
    int chunks = chunks(size, grain);
    if (!share(chunks)) {
      for (int c = 0; c < chunks; c++) {
        body.run(c * grain, end(c, size, grain));
      }
      return;
    }
    try {
      runShared(size, grain, body);
    } finally {
      lock.unlock();
    }
  }

  /** {@link #forRanges} over rows of {@code cols} elements, as many at a time as stay in L2. */
  public void forRows(int rows, int cols, Range body) {
    forRanges(rows, Math.max(1, ROW_CHUNK / Math.max(1, cols)), body);
  }

  /** The sum of the partial sums of ranges of {@code grain} elements, added in their order. */
  public double sumRanges(int size, int grain, PartialSum body) {
    if (size <= grain) {
      return size > 0 ? body.of(0, size) : 0;
    }
    int chunks = chunks(size, grain);
    double sum = 0;
    if (!share(chunks)) {
      for (int c = 0; c < chunks; c++) {
        sum += body.of(c * grain, end(c, size, grain));
      }
      return sum;
    }
    try {
      if (partialSums.length < chunks) {
        partialSums = new double[chunks];
      }
      double[] partial = partialSums;
      runShared(size, grain, (from, to) -> partial[from / grain] = body.of(from, to));
      for (int c = 0; c < chunks; c++) {
        sum += partial[c];
      }
      return sum;
    } finally {
      lock.unlock();
    }
  }

  /** Where chunk c ends. */
  private static int end(int c, int size, int grain) {
    return Math.min(size - c * grain, grain) + c * grain;
  }

  private void runShared(int size, int grain, Range body) {
    job.begin(size, grain, body);
    int useful = Math.min(helpers.length, job.chunks - 1);
    for (int h = 0; h < useful; h++) {
      helpers[h].wake();
    }
    job.takeChunks();
    job.await();
    job.body = null;
    Throwable thrown = job.failure.getAndSet(null);
    if (thrown instanceof Error) {
      throw (Error) thrown;
    }
    if (thrown != null) {
      throw (RuntimeException) thrown;
    }
  }

  /**
   * Has {@link #close} run this, the last given first: how a backend gives back what it holds
   * outside of the heap.
   */
  public void onClose(Runnable release) {
    synchronized (releases) {
      releases.addFirst(release);
    }
  }

  /**
   * Ends the threads that {@link #create} started, and what was given to {@link #onClose}. Later
   * calls run on their own thread alone.
   */
  @Override
  public void close() {
    closed = true;
    if (executor == null) {
      for (Helper helper : helpers) {
        helper.wake();
      }
    }
    List<Runnable> all;
    synchronized (releases) {
      all = List.copyOf(releases);
      releases.clear();
    }
    all.forEach(Runnable::run);
  }

  /**
   * The work under way, one object for all calls. Whoever has taken a chunk keeps its call from
   * returning, so what is read after that is that call's. A helper that comes late finds nothing
   * left, or a chunk of the next call, which is as good.
   */
  private static final class Job {
    private int chunks;
    private int size;
    private int grain;
    private Range body;
    private Thread caller;
    private final AtomicInteger left = new AtomicInteger(); // chunks that nobody has taken
    private final AtomicInteger unfinished = new AtomicInteger();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    /** To be called between two jobs, by the thread that holds the lock. */
    void begin(int size, int grain, Range body) {
      this.size = size;
      this.grain = grain;
      this.body = body;
      chunks = chunks(size, grain);
      caller = Thread.currentThread();
      unfinished.set(chunks);
      left.set(chunks); // at last, for from here on chunks are taken
    }

    boolean hasChunksLeft() {
      return left.get() > 0;
    }

    void takeChunks() {
      for (int l = left.get(); l > 0; l = left.get()) {
        if (!left.compareAndSet(l, l - 1)) {
          continue;
        }
        int c = chunks - l;
        Thread waiting = caller;
        int finished = 1;
        try {
          body.run(c * grain, end(c, size, grain));
        } catch (RuntimeException | Error e) {
          failure.compareAndSet(null, e);
          finished += left.getAndSet(0);
        }
        if (unfinished.addAndGet(-finished) == 0) {
          LockSupport.unpark(waiting);
        }
      }
    }

    void await() {
      boolean interrupted = false;
      for (int spins = 0; unfinished.get() > 0; spins++) {
        if (spins < SPINS_BEFORE_PARK) {
          Thread.onSpinWait();
        } else {
          LockSupport.park(this);
          interrupted |= Thread.interrupted();
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * A task that is handed to the executor at most once at a time, so that none pile up; or to its
   * own thread, which sleeps in between. To a queue each time would be an object.
   */
  private final class Helper implements Runnable {
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final int number;
    private Thread thread; // once it was needed

    Helper(int number) {
      this.number = number;
    }

    void wake() {
      if (!scheduled.compareAndSet(false, true)) {
        return;
      }
      if (executor == null) {
        wakeThread();
        return;
      }
      try {
        executor.execute(this);
      } catch (RejectedExecutionException e) {
        scheduled.set(false); // closed or full: the caller does the work alone
      }
    }

    private synchronized void wakeThread() {
      if (thread == null && !closed) {
        thread = new Thread(this::live, "recallrank-" + number);
        thread.setDaemon(true);
        thread.start();
      } else if (thread != null) {
        LockSupport.unpark(thread);
      }
    }

    private void live() {
      while (!closed) {
        if (scheduled.get()) {
          run();
        } else {
          LockSupport.park(this);
          Thread.interrupted(); // it would not sleep again
        }
      }
    }

    @Override
    public void run() {
      while (true) {
        job.takeChunks();
        scheduled.set(false);
        // A job begun before the line above found this helper scheduled: look once more.
        if (!job.hasChunksLeft() || !scheduled.compareAndSet(false, true)) {
          return;
        }
      }
    }
  }
}

package org.recallrank.bench.peers;

/** One operation of one implementation, ready to run again and again. */
public interface Contender extends AutoCloseable {

  /** Does the operation once, on the contender's own memory. */
  void run();

  /**
   * Copies the output of the last run into the case, for {@link
   * org.recallrank.bench.cases.KernelCase#compare}.
   */
  void collect();

  /**
   * Runs for at least {@code nanoseconds}, once at least.
   *
   * @return seconds per run
   */
  default double seconds(long nanoseconds) {
    long start = System.nanoTime();
    long runs = 0;
    // Batches double, so that short operations do not pay for reading the clock.
    for (long batch = 1; ; batch = runs) {
      for (long i = 0; i < batch; i++) {
        run();
      }
      runs += batch;
      long elapsed = System.nanoTime() - start;
      if (elapsed >= nanoseconds) {
        return 1e-9 * elapsed / runs;
      }
    }
  }

  /** Gives back memory and processes. */
  @Override
  default void close() {}
}

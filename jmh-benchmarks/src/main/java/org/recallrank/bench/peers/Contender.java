package org.recallrank.bench.peers;

import java.util.stream.DoubleStream;

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

  /**
   * Runs for at least {@code nanoseconds} and so many times, and reads the clock around each run.
   *
   * @return seconds of each run
   */
  default double[] eachSeconds(int leastRuns, long nanoseconds) {
    DoubleStream.Builder seconds = DoubleStream.builder();
    long start = System.nanoTime();
    long end = start;
    for (int runs = 0; runs < leastRuns || end - start < nanoseconds; runs++) {
      long begin = System.nanoTime();
      run();
      end = System.nanoTime();
      seconds.add(1e-9 * (end - begin));
    }
    return seconds.build().toArray();
  }

  /** Gives back memory and processes. */
  @Override
  default void close() {}
}

package org.recallrank.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class WorkersTest {
  private static void eachOnce(Workers workers, int chunks) {
    AtomicIntegerArray calls = new AtomicIntegerArray(chunks);
    workers.forChunks(chunks, calls::incrementAndGet);
    for (int c = 0; c < chunks; c++) {
      assertThat(calls.get(c)).as("chunk %d of %d", c, chunks).isEqualTo(1);
    }
  }

  @Test
  void everyChunkRunsOnce() {
    for (int threads : new int[] {1, 2, 5}) {
      try (Workers workers = Workers.create(threads)) {
        assertThat(workers.threads()).isEqualTo(threads);
        for (int chunks : new int[] {0, 1, 2, 3, 17, 1000}) {
          eachOnce(workers, chunks);
        }
        for (int repeat = 0; repeat < 2000; repeat++) {
          eachOnce(workers, 7);
        }
      }
    }
  }

  @Test
  void severalThreadsTakePart() throws InterruptedException {
    try (Workers workers = Workers.create(3)) {
      CountDownLatch all = new CountDownLatch(3);
      workers.forChunks(
          3,
          c -> {
            all.countDown();
            try {
              all.await(); // returns only once three threads are in here
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          });
      assertThat(all.getCount()).isZero();
    }
  }

  @Test
  void rangesCoverEverythingAndSumsAddInOrder() {
    try (Workers workers = Workers.create(2)) {
      for (int size : new int[] {0, 1, 9, 10, 11, 95, 100}) {
        AtomicIntegerArray calls = new AtomicIntegerArray(size);
        workers.forRanges(
            size,
            10,
            (from, to) -> {
              assertThat(to - from).isBetween(1, 10);
              for (int i = from; i < to; i++) {
                calls.incrementAndGet(i);
              }
            });
        for (int i = 0; i < size; i++) {
          assertThat(calls.get(i)).isEqualTo(1);
        }
      }
      // 1 + 2^60 - 2^60 depends on the order: 0 in order of chunks, 1 if the last came first.
      double[] parts = {1, 0x1p60, -0x1p60};
      for (int repeat = 0; repeat < 100; repeat++) {
        assertThat(workers.sumRanges(3, 1, (from, to) -> parts[from])).isZero();
      }
    }
  }

  @Test
  void theFirstFailureIsRethrownAndTheWorkersGoOn() {
    for (int threads : new int[] {1, 2, 5}) {
      try (Workers workers = Workers.create(threads)) {
        AtomicInteger started = new AtomicInteger();
        assertThatThrownBy(
                () ->
                    workers.forChunks(
                        100_000,
                        c -> {
                          started.incrementAndGet();
                          throw new IllegalStateException("chunk failed");
                        }))
            .isInstanceOf(IllegalStateException.class)
            .hasMessage("chunk failed");
        assertThat(started.get()).isLessThanOrEqualTo(threads);
        assertThatThrownBy(
                () ->
                    workers.forChunks(
                        10,
                        c -> {
                          throw new StackOverflowError("deep");
                        }))
            .isInstanceOf(StackOverflowError.class);
        eachOnce(workers, 50);
      }
    }
  }

  @Test
  void nestedUseRunsOnTheThreadOfTheChunk() {
    try (Workers workers = Workers.create(2)) {
      AtomicInteger inner = new AtomicInteger();
      workers.forChunks(
          20,
          c -> {
            Thread outer = Thread.currentThread();
            workers.forChunks(
                10,
                d -> {
                  assertThat(Thread.currentThread()).isSameAs(outer);
                  inner.incrementAndGet();
                });
          });
      assertThat(inner.get()).isEqualTo(200);
    }
  }

  @Test
  void sumsInsideOfSumsKeepTheirParts() {
    try (Workers workers = Workers.create(2)) {
      for (int repeat = 0; repeat < 200; repeat++) {
        double sum =
            workers.sumRanges(
                20, 1, (from, to) -> workers.sumRanges(5, 1, (first, end) -> from * first));
        assertThat(sum).isEqualTo(190 * 10);
      }
    }
  }

  @Test
  void severalThreadsMayUseTheSameWorkers() throws Exception {
    try (Workers workers = Workers.create(2)) {
      ExecutorService callers = Executors.newFixedThreadPool(4);
      try {
        List<Future<?>> results = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          results.add(
              callers.submit(
                  () -> {
                    for (int repeat = 0; repeat < 500; repeat++) {
                      eachOnce(workers, 9);
                      assertThat(workers.sumRanges(13, 1, (from, to) -> from)).isEqualTo(78);
                    }
                  }));
        }
        for (Future<?> result : results) {
          result.get();
        }
      } finally {
        callers.shutdown();
      }
    }
  }

  @Test
  void anExecutorWhoseThreadsAreBusyDoesNotBlock() throws Exception {
    ExecutorService one = Executors.newSingleThreadExecutor();
    try (Workers workers = Workers.on(one, 4)) {
      // The only thread of the executor is the caller itself.
      one.submit(() -> eachOnce(workers, 100)).get();
    } finally {
      one.shutdown();
    }
    assertThatThrownBy(() -> Workers.on(Runnable::run, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("threads must be at least 1: 0");
    eachOnce(Workers.on(Runnable::run, 3), 50);
  }

  @Test
  void closeLeavesAForeignExecutorAlone() {
    ExecutorService executor = Executors.newSingleThreadExecutor();
    try {
      Workers.on(executor, 2).close();
      assertThat(executor.isShutdown()).isFalse();
    } finally {
      executor.shutdown();
    }
  }

  @Test
  void closeEndsTheThreadsAndLaterCallsRunAlone() throws InterruptedException {
    Set<Thread> seen = ConcurrentHashMap.newKeySet();
    Workers workers = Workers.create(4);
    for (int repeat = 0; repeat < 50; repeat++) {
      workers.forChunks(8, c -> seen.add(Thread.currentThread()));
    }
    workers.close();
    seen.remove(Thread.currentThread());
    for (Thread thread : seen) {
      assertThat(thread.isDaemon()).isTrue();
      assertThat(thread.join(Duration.ofSeconds(10))).as("%s ended", thread).isTrue();
    }
    eachOnce(workers, 20);
    workers.close();
  }

  @Test
  void anInterruptIsKept() {
    try (Workers workers = Workers.create(2)) {
      Thread.currentThread().interrupt();
      eachOnce(workers, 30);
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void closingRunsWhatWasGivenLastFirstAndOnce() {
    List<String> order = new ArrayList<>();
    Workers workers = Workers.create(1);
    workers.onClose(() -> order.add("first"));
    workers.onClose(() -> order.add("second"));
    workers.close();
    workers.close();
    assertThat(order).containsExactly("second", "first");
  }
}

package org.recallrank.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.recallrank.kernels.KernelSelector;
import org.recallrank.kernels.Workers;
import org.recallrank.model.schema.Batch;
import org.recallrank.model.serve.Ranker;
import org.recallrank.model.serve.RankerReference;

/** A service may get another run at any time, and keeps nothing of the old one. */
class RankerReferenceTest {
  private static final int SWAPS = 1000;
  private static final int THREADS = 4;

  /** What a JVM may hold at one time more than at another. */
  private static final long SLACK_BYTES = 16 << 20;

  @TempDir private static Path folder;

  private static WorldRuns runs;

  @BeforeAll
  static void makeTheWorld() {
    try (Workers workers = Workers.create(1)) {
      runs = new WorldRuns(folder, new KernelSelector().select(null, workers).kernels(), 20);
    }
  }

  /** The second has threads of its own. */
  private static Ranker load(int which) {
    String name = which % 2 == 0 ? "RAR" : "RAR, hyperplanes";
    return Ranker.builder(runs.run(name)).kernels("scalar").threads(1 + which % 2).build();
  }

  private static float[] scores(int which) {
    try (Ranker ranker = load(which)) {
      return ranker.score(batch());
    }
  }

  private static Batch batch() {
    return runs.batches().get(0);
  }

  private static void collectGarbage() throws InterruptedException {
    for (int i = 0; i < 5; i++) {
      System.gc();
      Thread.sleep(50);
    }
  }

  private static long heap() {
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  private static long mapped() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().startsWith("mapped"))
        .mapToLong(BufferPoolMXBean::getCount)
        .sum();
  }

  private static long rankerThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("recallrank-"))
        .count();
  }

  @Test
  void callsAreAnsweredByOneOfTheTwoAndNothingLeaks() throws Exception {
    float[] even = scores(0);
    float[] odd = scores(1);
    assertThat(even).isNotEqualTo(odd);
    collectGarbage();
    long heapBefore = heap();
    long mappedBefore = mapped();
    long threadsBefore = rankerThreads();
    List<WeakReference<Ranker>> old = new ArrayList<>();
    AtomicBoolean swapping = new AtomicBoolean(true);
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try (RankerReference reference = new RankerReference(load(0))) {
      List<Future<Long>> answers = new ArrayList<>();
      for (int t = 0; t < THREADS; t++) {
        answers.add(
            threads.submit(
                () -> {
                  long count = 0;
                  for (; swapping.get(); count++) {
                    float[] found = reference.use(ranker -> ranker.score(batch()));
                    if (!Arrays.equals(found, even)) {
                      assertThat(found).isEqualTo(odd);
                    }
                  }
                  return count;
                }));
      }
      for (int swap = 1; swap <= SWAPS; swap++) {
        Ranker next = load(swap);
        old.add(new WeakReference<>(next));
        reference.swap(next);
      }
      swapping.set(false);
      for (Future<Long> answer : answers) {
        assertThat(answer.get(1, TimeUnit.MINUTES)).isPositive();
      }
      assertThat(reference.<float[]>use(ranker -> ranker.score(batch()))).isEqualTo(even);
    } finally {
      threads.shutdownNow();
    }
    assertThat(threads.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
    collectGarbage();
    assertThat(old.stream().filter(ranker -> ranker.get() != null)).as("kept rankers").isEmpty();
    assertThat(rankerThreads()).as("threads").isLessThanOrEqualTo(threadsBefore);
    assertThat(mapped()).as("mapped files").isLessThanOrEqualTo(mappedBefore);
    assertThat(heap()).as("heap").isLessThan(heapBefore + SLACK_BYTES);
  }

  @Test
  void theOldOneIsClosedWhenItsLastCallHasEnded() throws Exception {
    Ranker first = load(0);
    RankerReference reference = new RankerReference(first);
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch swapped = new CountDownLatch(1);
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      Future<float[]> answer =
          thread.submit(
              () ->
                  reference.use(
                      ranker -> {
                        inside.countDown();
                        try {
                          assertThat(swapped.await(1, TimeUnit.MINUTES)).isTrue();
                        } catch (InterruptedException e) {
                          throw new AssertionError(e);
                        }
                        return ranker.score(batch());
                      }));
      assertThat(inside.await(1, TimeUnit.MINUTES)).isTrue();
      reference.swap(load(1));
      assertThat(first.score(batch())).as("still open").hasSize(20);
      swapped.countDown();
      assertThat(answer.get(1, TimeUnit.MINUTES)).isEqualTo(scores(0));
      assertThatThrownBy(() -> first.score(batch())).hasMessageContaining("is closed");
    } finally {
      thread.shutdownNow();
      reference.close();
    }
  }

  @Test
  void aClosedReferenceTakesNothing() {
    RankerReference reference = new RankerReference(load(0));
    reference.close();
    reference.close();
    assertThatThrownBy(() -> reference.use(Ranker::kernels))
        .isInstanceOf(IllegalStateException.class);
    Ranker next = load(1);
    assertThatThrownBy(() -> reference.swap(next)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> next.score(batch())).hasMessageContaining("is closed");
  }
}

package org.recallrank.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.recallrank.kernels.KernelSelector;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.Workers;
import org.recallrank.model.serve.SavedModel;
import org.recallrank.model.serve.Scorer;

/**
 * A model is immutable while it scores: one loaded model, a scorer for each of many threads, and
 * every probability of some three million rows has the bits of serial scoring.
 */
class SharedModelTest {
  private static final int THREADS = 8;
  private static final int ROUNDS = 6;
  private static final int LOADS = 20;
  private static final int MINUTES = 2; // after which threads hang

  /**
   * What is done of the rounds and loads above, one of so many, with CIM, whose rows have 60
   * candidates, and on a device, which threads use by turns.
   */
  private static final int OF_DEAR = 6;

  /** Rows of batches: from one to more than what is shared among workers. */
  private static final int[] SIZES = {1, 900, 2, 33, 300, 7, 64, 1, 450, 150, 17, 700};

  @TempDir private static Path folder;

  private static final List<Kernels> BACKENDS = new ArrayList<>();
  private static ExecutorService threads;
  private static Workers workers;
  private static WorldRuns runs;

  @BeforeAll
  static void makeTheWorld() {
    threads = Executors.newFixedThreadPool(THREADS);
    workers = Workers.create(2);
    new KernelSelector()
        .candidates().stream()
            .filter(KernelSelector.Candidate::available)
            .map(backend -> new KernelSelector().select(backend.name(), workers).kernels())
            .forEach(BACKENDS::add);
    runs = new WorldRuns(folder, BACKENDS.get(0), SIZES);
  }

  @AfterAll
  static void close() {
    threads.shutdownNow();
    workers.close();
  }

  private static SavedModel load(String name) {
    return SavedModel.load(runs.run(name));
  }

  private static float[][] serially(String name, Kernels kernels) {
    Scorer scorer = new Scorer(load(name).model(), kernels);
    return runs.batches().stream().map(b -> scorer.predict(b).toArray()).toArray(float[][]::new);
  }

  /** What a thread does, numbered from 0; gives the batches that came out differently. */
  @FunctionalInterface
  private interface Scoring {
    List<Integer> differences(int thread) throws Exception;
  }

  /** All threads begin at once. */
  private static void byAllThreads(String what, Scoring scoring) throws Exception {
    CyclicBarrier start = new CyclicBarrier(THREADS);
    List<Future<List<Integer>>> results = new ArrayList<>();
    for (int t = 0; t < THREADS; t++) {
      int thread = t;
      results.add(
          threads.submit(
              () -> {
                start.await();
                return scoring.differences(thread);
              }));
    }
    for (Future<List<Integer>> result : results) {
      assertThat(result.get(MINUTES, TimeUnit.MINUTES))
          .as("%s: batches that differ from serial scoring", what)
          .isEmpty();
    }
  }

  private interface Check {
    void run(String name, Kernels kernels, int share) throws Exception;
  }

  private static Stream<DynamicTest> ofEach(Check check) {
    return WorldRuns.MODELS.keySet().stream()
        .sorted()
        .flatMap(
            name ->
                BACKENDS.stream()
                    .map(
                        kernels ->
                            DynamicTest.dynamicTest(
                                name + " on " + kernels.name(),
                                () ->
                                    check.run(
                                        name,
                                        kernels,
                                        name.startsWith("CIM") || kernels.name().equals("opencl")
                                            ? OF_DEAR
                                            : 1))));
  }

  /** Batches of different sizes, in another order on each thread. */
  @TestFactory
  Stream<DynamicTest> manyThreadsScoreAsOne() {
    return ofEach(
        (name, kernels, share) -> {
          float[][] expected = serially(name, kernels);
          SavedModel saved = load(name);
          byAllThreads(
              name,
              thread -> {
                Scorer scorer = new Scorer(saved.model(), kernels);
                List<Integer> order = new ArrayList<>();
                for (int i = 0; i < ROUNDS / share * SIZES.length; i++) {
                  order.add(i % SIZES.length);
                }
                Collections.shuffle(order, new Random(thread));
                order.removeIf(
                    b ->
                        Arrays.equals(
                            scorer.predict(runs.batches().get(b)).toArray(), expected[b]));
                return order;
              });
        });
  }

  /** Whatever a model derives from its weights when it is first used is there for every thread. */
  @TestFactory
  Stream<DynamicTest> allThreadsMayBeTheFirst() {
    return ofEach(
        (name, kernels, share) -> {
          float[][] expected = serially(name, kernels);
          for (int i = 0; i < LOADS / share; i++) {
            SavedModel saved = load(name);
            byAllThreads(
                name + ", load " + i,
                thread -> {
                  int b = thread + 2; // not the smallest nor the largest
                  float[] found =
                      new Scorer(saved.model(), kernels).predict(runs.batches().get(b)).toArray();
                  return Arrays.equals(found, expected[b]) ? List.of() : List.of(b);
                });
          }
        });
  }
}

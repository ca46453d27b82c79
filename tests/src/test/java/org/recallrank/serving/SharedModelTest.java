package org.recallrank.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
import org.recallrank.autograd.nn.ParameterSet;
import org.recallrank.kernels.KernelSelector;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.Workers;
import org.recallrank.model.ModelSpec;
import org.recallrank.model.config.Settings;
import org.recallrank.model.entity.Entities;
import org.recallrank.model.recall.RecallData;
import org.recallrank.model.recall.RecallVectors;
import org.recallrank.model.schema.Batch;
import org.recallrank.model.schema.BatchBuffer;
import org.recallrank.model.serve.SavedModel;
import org.recallrank.model.serve.Scorer;
import org.recallrank.tensor.Rng;
import org.recallrank.training.data.Dataset;
import org.recallrank.training.data.DatasetFolder;
import org.recallrank.training.data.DatasetWriter;
import org.recallrank.training.recall.Dssm;
import org.recallrank.training.recall.PoolConfig;
import org.recallrank.training.recall.RecallStage;
import org.recallrank.training.source.Split;
import org.recallrank.training.source.world.GeneratedWorld;

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

  /** A model with its enricher, and settings that differ from those of all. */
  private static final Map<String, String> MODELS =
      Map.ofEntries(
          Map.entry("raw", "xdeepfm none dnn_hidden_units=8,6 cin_hidden_units=5,3"),
          Map.entry("FRNet bit", "deepim frnet frnet_weight_type=bit hidden_units=8,6"),
          Map.entry("FRNet vector", "ipnn frnet frnet_weight_type=vector hidden_units=8,6"),
          Map.entry(
              "CIM short",
              "autoint cim cim_length=short dnn_hidden_units=8,6 attention_dim=4 num_heads=2"),
          Map.entry("CIM long", "deepfm cim cim_length=long hidden_units=8,6"),
          Map.entry("RAR", "dcnv2 rar parallel_dnn_hidden_units=8,6"),
          Map.entry("RAR of own embeddings", "dcn rar rar_hash_source=model dnn_hidden_units=8,6"),
          Map.entry("RAR, hyperplanes", "widedeep rar rar_hash_form=classic_sign hidden_units=8,6"),
          Map.entry("RAR, exact", "deepfm rar rar_variant=exact hidden_units=8,6"),
          Map.entry("RAR-user", "widedeep rar rar_variant=user hidden_units=8,6"),
          Map.entry("RAR-select", "ipnn rar rar_variant=select hidden_units=8,6"),
          Map.entry("RAR-aux-wght", "deepim rar rar_variant=aux_wght hidden_units=8,6"),
          Map.entry("RAR-wght", "deepfm rar rar_variant=wght hidden_units=8,6"));

  private static final Map<String, String> OF_ENRICHER =
      Map.of(
          "none", "",
          "frnet", "frnet_hidden_units=6 frnet_att_size=3",
          "cim", "cim_score_units=6,4 cim_heads=2",
          "rar", "rar_look_alikes=3 rar_recall_items=4 rar_hidden_units=5 rar_out_units=4");

  @TempDir private static Path folder;

  private static final List<Batch> BATCHES = new ArrayList<>();
  private static final List<Kernels> BACKENDS = new ArrayList<>();
  private static ExecutorService threads;
  private static Workers workers;

  /** 60 recall items per user, so that CIM short and long differ. */
  @BeforeAll
  static void saveTheModels() {
    threads = Executors.newFixedThreadPool(THREADS);
    workers = Workers.create(2);
    new KernelSelector()
        .candidates().stream()
            .filter(KernelSelector.Candidate::available)
            .map(backend -> new KernelSelector().select(backend.name(), workers).kernels())
            .forEach(BACKENDS::add);
    DatasetWriter.write(
        new GeneratedWorld(GeneratedWorld.Config.ofRows(12_000, 1)), 1, folder.resolve("world"));
    try (DatasetFolder world = DatasetFolder.open(folder.resolve("world"))) {
      Dataset training = world.split(Split.TRAIN);
      RecallStage stage = new RecallStage(training);
      Kernels kernels = BACKENDS.get(0);
      Dssm.Config dssm =
          Dssm.Config.from(new Settings(Map.of("dssm_epochs", "2", "dssm_dim", "8")));
      RecallVectors vectors = stage.vectors(kernels, dssm, new Rng(1), loss -> {});
      RecallData recall = stage.nearest(kernels, vectors, new PoolConfig(60, 20));
      MODELS.forEach(
          (name, model) -> {
            ModelSpec spec = spec(model.split(" "));
            SavedModel.prepare(
                folder.resolve(name),
                world.encoding(),
                new Entities(recall.users(), recall.items()),
                recall);
            SavedModel.saveWeights(
                folder.resolve(name),
                spec,
                "click",
                spec.build(new ParameterSet(new Rng(1)), world.schema(), recall));
          });
      int from = 0;
      for (int size : SIZES) {
        BATCHES.add(training.fill(new BatchBuffer(world.schema(), size), from, size));
        from += size;
      }
    }
  }

  private static ModelSpec spec(String[] model) {
    Map<String, String> settings =
        new HashMap<>(Map.of("embedding_dim", "4", "embedding_std", "0.5"));
    Stream.concat(Arrays.stream(model).skip(2), Stream.of(OF_ENRICHER.get(model[1]).split(" ")))
        .filter(setting -> !setting.isEmpty())
        .forEach(setting -> settings.put(setting.split("=")[0], setting.split("=")[1]));
    return ModelSpec.of(model[0], model[1], new Settings(settings));
  }

  @AfterAll
  static void close() {
    threads.shutdownNow();
    workers.close();
  }

  private static SavedModel load(String name) {
    return SavedModel.load(folder.resolve(name));
  }

  private static float[][] serially(String name, Kernels kernels) {
    Scorer scorer = new Scorer(load(name).model(), kernels);
    return BATCHES.stream().map(b -> scorer.predict(b).toArray()).toArray(float[][]::new);
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
    return MODELS.keySet().stream()
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
                    b -> Arrays.equals(scorer.predict(BATCHES.get(b)).toArray(), expected[b]));
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
                      new Scorer(saved.model(), kernels).predict(BATCHES.get(b)).toArray();
                  return Arrays.equals(found, expected[b]) ? List.of() : List.of(b);
                });
          }
        });
  }
}
